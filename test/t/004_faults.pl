# What goes wrong between service and client, and what a user sees of it.
#
# The table is test/faults.txt.  Nothing waits here: a retry_budget of 0 means
# that a failure is final, unless a row asks for retries.

use strict;
use warnings;

use HwBss;
use IO::Socket::INET;
use IPC::Open3 qw(open3);
use PostgreSQL::Test::Utils;
use Test::More;

my $sim = HwBss->new(tls => 1);
my $node = HwBss::node('faults');
my $session = HwBss::session($node);

# Text of hints of what follows the table.
my $REPLY = qr/^Something else than the API may have answered/;
my $LATER = qr/^Try again later\.$/;
my $KEY = qr/^Check the access key and secret key, or the token/;
my $NEW_TOKEN = qr/^Put a new token into the user mapping/;

# A faster machine than ours would not need it, a slower one not suffer.
my $RETRY = { retry_budget => '10s' };

# ---- the table --------------------------------------------------------------

my (%HINT, @FAULTS, $MESSAGE);
for my $line (split /\n/, slurp_file("$ENV{TESTDIR}/test/faults.txt"))
{
	next if $line =~ /^(?:#|\s*$)/;
	if ($line =~ /^message (.+)/) { $MESSAGE = $1; next }
	if ($line =~ /^hint (\w+) (.+)/) { $HINT{$1} = $2; next }
	my %row;
	@row{qw(fault how options outcome detail hint requests)} =
	  my @cells = split / \| /, $line;
	BAIL_OUT("a line with @{[ scalar @cells ]} cells: $line") if @cells != 7;
	BAIL_OUT("no hint is named $row{hint}")
	  if $row{hint} ne '-' && grep { !$HINT{$_} } split m{/}, $row{hint};
	$row{options} = $row{options} eq '-' ? {}
	  : { map { split /=/, $_, 2 } split / /, $row{options} };
	push @FAULTS, \%row;
}

# A text in which ... stands for anything.
sub pattern
{
	my ($text) = @_;
	my $escaped = join '.*', map { quotemeta } split /\.\.\./, $text, -1;
	return qr/^$escaped$/;
}

my $n = 0;

sub read_with
{
	my ($case, $options, $sql, %more) = @_;
	my $schema = 'f' . ++$n;

	$sim->clear_log;
	$session->query("DROP SERVER f@{[ $n - 1 ]} CASCADE") if $n > 1;
	$session->query("CREATE SCHEMA $schema");
	my %server = (
		endpoint => $more{endpoint} || $sim->url("$case;id=$schema"),
		allow_insecure => 'true', region => 'ap-southeast-1',
		project_id => $HwBss::PROJECT, retry_budget => '0',
		%{ $options || {} });
	my %mapping = %{ $more{mapping} || {
		access_key => $HwBss::ACCOUNT{everything}[0],
		secret_key => $HwBss::ACCOUNT{everything}[1] } };
	$session->query("CREATE SERVER $schema FOREIGN DATA WRAPPER hwbss_fdw "
		  . HwBss::options(%server)
		  . "; CREATE USER MAPPING FOR CURRENT_USER SERVER $schema "
		  . HwBss::options(%mapping)
		  . "; IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER $schema INTO $schema");
	BAIL_OUT($session->stderr) if $session->stderr;
	$session->query("SET search_path = $schema, public");
	return $session->query($sql
		  || 'SELECT count(q::text) FROM bss_package_usages q');
}

# What was received since.  Requests that an earlier query gave up may still have
# been on their way when the log was cleared.
sub log_here
{
	return grep { $_->{target} !~ /id%3D(f\d+)/ || $1 eq "f$n" } $sim->log;
}

# What follows the table is looked at less closely.
sub check
{
	my ($what, $want, $detail, $hint, $requests, $relation) = @_;
	my $error = $session->error;
	my @log = log_here();

	if (!ref $want && $want =~ /^\d{1,4}$/)
	{
		is($session->stderr =~ s/^NOTICE.*//sr, '', "$what: no error");
	}
	elsif (!$error)
	{
		fail("$what: an error");
		diag('rows instead: ' . substr $session->{rows}, 0, 200);
	}
	else
	{
		like($error->{state}, ref $want ? $want : qr/^$want$/,
			"$what: SQLSTATE");
		is($error->{message}, "could not read foreign table \"$relation\"",
			"$what: message") if !ref $want;
		like($error->{detail}, $detail, "$what: detail");
		ref $hint ? like($error->{hint}, $hint, "$what: hint")
		  : is($error->{hint}, $hint, "$what: no hint")
		  if defined $hint;
		unlike($error->{detail} . $error->{hint}, qr/[^\x20-\x7e]/,
			"$what: nothing but text") if $what !~ /HSS/;
	}
	is(scalar @log, $requests, "$what: requests received")
	  if defined $requests;
	is(scalar(grep { $_->{bug} } @log), 0, "$what: the simulator knows it");
	is(scalar(grep { $_->{path} =~ /_redirected/ } @log), 0,
		"$what: no redirect is followed");
	return;
}

$session->query('CREATE EXTENSION hwbss_fdw');

# ---- places without the simulator -------------------------------------------

my $free = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1);
my %PLACE = (
	'refused' => 'http://127.0.0.1:' . $free->sockport,
	'no-such-host' => 'https://no-such-host.invalid',
	'no-tls' => 'https://127.0.0.1:' . $sim->port);
$free->close;

# HTTP/2 needs a library for Python, which Debian's own Python may have.
my ($h2_python) = grep { system("$_ -c 'import h2' 2>/dev/null") == 0 }
  'python3', '/usr/bin/python3';
my %h2;

sub start_h2
{
	my $body = PostgreSQL::Test::Utils::tempdir() . '/body';
	my $reply = HTTP::Tiny->new->post($sim->url('auth=none')
		  . '/v2/payments/free-resources/usages/query',
		{ headers => { 'Content-Type' => 'application/json' }, content => '{}' });
	BAIL_OUT("no body for HTTP/2: $reply->{status}") if $reply->{status} != 200;
	append_to_file($body, $reply->{content});
	$h2{pid} = open3($h2{in}, $h2{out}, '>&STDERR', $h2_python,
		"$ENV{TESTDIR}/test/sim/h2_server.py", $sim->certificate,
		$sim->certificate =~ s/cert\.pem$/key.pem/r, $body);
	BAIL_OUT('no HTTP/2 server')
	  unless (readline($h2{out}) // '') =~ /^port (\d+)$/;
	$h2{port} = $1;
	$h2{out}->blocking(0);
	return;
}

# Requests since the last time.
sub h2_requests
{
	my @lines = readline $h2{out};
	return scalar @lines;
}

start_h2() if $h2_python;

# ---- fault by fault ---------------------------------------------------------

sub check_fault
{
	my ($row) = @_;
	my ($kind, $rest) = $row->{how} =~ /^(at|h2):(.+)/;
	my %options = %{ $row->{options} };
	my $what = "$row->{fault} ($row->{how})";
	my $endpoint;

	if (($kind || '') eq 'h2')
	{
		$endpoint = "https://localhost:$h2{port}/$rest";
		$options{ca_file} = $sim->certificate;
	}
	elsif ($kind)
	{
		$endpoint = $PLACE{$rest} or BAIL_OUT("no place $rest");
	}
	my $rows = read_with($row->{how}, \%options, undef,
		$endpoint ? (endpoint => $endpoint) : ());
	my $error = $session->error;
	BAIL_OUT("$what: the session was lost")
	  if $session->stderr =~ /terminated|closed the connection/;

	if ($row->{outcome} =~ /^\d{1,4}$/)
	{
		is($rows, $row->{outcome}, "$what: rows");
		is($session->stderr =~ s/^NOTICE.*//sr, '', "$what: no error");
	}
	elsif (!$error)
	{
		fail("$what: an error");
		diag('rows instead: ' . substr $rows, 0, 200);
	}
	else
	{
		my $detail = $error->{detail} =~ s/ Request ID: [0-9a-f]{32}\.$//r;
		my @hints = $row->{hint} eq '-' ? '' : @HINT{ split m{/}, $row->{hint} };
		my ($hint) = grep { s/\{server\}/f$n/r eq $error->{hint} } @hints;
		$hint = $hints[0] if !defined $hint;
		is($error->{state}, $row->{outcome}, "$what: SQLSTATE");
		is($error->{message}, $MESSAGE, "$what: message");
		ok($detail =~ s/^API "package_usages":? //, "$what: names the API");
		like($detail, pattern($row->{detail}), "$what: detail");
		is($error->{hint}, $hint =~ s/\{server\}/f$n/r, "$what: hint");
		unlike($error->{detail} . $error->{hint}, qr/[^\x20-\x7e]/,
			"$what: nothing but text");
	}
	my @log = log_here();
	my $requests = ($kind || '') eq 'h2' ? h2_requests() : @log;
	$row->{requests} =~ /^(\d+)\+$/
	  ? cmp_ok($requests, '>=', $1, "$what: requests")
	  : is($requests, $row->{requests}, "$what: requests");
	is(scalar(grep { $_->{bug} } @log), 0, "$what: the simulator knows it");
	is(scalar(grep { $_->{path} =~ /_redirected/ } @log), 0,
		"$what: no redirect is followed");
	return;
}

for my $row (@FAULTS)
{
	SKIP:
	{
		skip "HTTP/2: install python3-h2 ($row->{fault})", 1
		  if $row->{how} =~ /^h2:/ && !$h2_python;
		check_fault($row);
	}
}
if ($h2_python)
{
	close $h2{in};
	waitpid $h2{pid}, 0;
}

# The type's own error says where the value was.
read_with('reply=bad_time');
like($session->state, qr/^22/, 'a time that is none: SQLSTATE');
like($session->error->{context},
	qr/column "\w+" of foreign table "bss_package_usages"/,
	'a time that is none: column and table');

# Elsewhere, a redirect is not followed either.
my $elsewhere = HwBss->new;
$sim->set({ redirect_to => $elsewhere->url });
read_with('fail=redirect');
check('redirect to another host', 'HV00M', qr/HTTP 302/, $REPLY, 1,
	'bss_package_usages');
is(scalar $elsewhere->log, 0, 'redirect: the other host hears nothing');
$elsewhere->stop;
$sim->set({ redirect_to => undef });

# ---- a page in the middle ----------------------------------------------------

# Rows before it were delivered, so the scan fails; a retry repeats that page.
my $HOSTS = q{SELECT count(*) FROM hss_quotas WHERE category = 'host_resource'};
my $hosts = read_with('quotas=1600', {}, $HOSTS);
my $pages = scalar(() = log_here());
cmp_ok($pages, '>', 3, 'a list of several pages');
read_with('quotas=1600;fail=500;fail_at=3', {}, $HOSTS);
check('third page fails', 'HV00M', qr/API "quotas_detail" answered HTTP 500/,
	$LATER, undef, 'hss_quotas');
cmp_ok(scalar(() = log_here()), '<=', $pages, 'third page: nothing is asked twice');
is(read_with('quotas=1600;fail=503x1;fail_at=3', $RETRY, $HOSTS), $hosts,
	'third page fails once: all rows');
is(scalar(() = log_here()), $pages + 1, 'third page fails once: one more request');
my %asked;
$asked{ $_->{target} =~ s/.*\?//r }++ for log_here();
is_deeply([ sort { $a <=> $b } values %asked ],
	[ (1) x ($pages - 1), 2 ], 'the same page twice, the others once');

# ---- credentials that are refused -------------------------------------------

my %wrong = (access_key => $HwBss::ACCOUNT{everything}[0],
	secret_key => 'not the one');
read_with('', $RETRY, undef, mapping => \%wrong);
check('wrong secret key', '28000',
	qr/HTTP 401, APIGW\.0301: Incorrect IAM authentication information: verify aksk signature fail/,
	$KEY, 1, 'bss_package_usages');
for my $table (qw(bss_package_usages hss_quotas bss_consumption_quota))
{
	$session->query("SELECT * FROM $table");
	check("after it, $table", '28000', qr/APIGW\.0301/,
		qr/^The key was refused; to keep it from being locked, it is not tried again for five minutes/,
		1, $table);
}
$session->query("ALTER USER MAPPING FOR CURRENT_USER SERVER f$n OPTIONS (SET secret_key '"
	  . $HwBss::ACCOUNT{everything}[1] . "')");
is($session->query('SELECT count(*) FROM bss_package_usages'), 36,
	'a corrected key is tried at once');

read_with('', $RETRY, undef, mapping => {
	access_key => 'SIMAK0NOBODY00000000', secret_key => 'x' });
check('unknown access key', '28000', qr/APIGW\.0301/, $KEY, 1,
	'bss_package_usages');
unlike($session->stderr, qr/SIMAK0NOBODY/, 'the key is not shown');

# A full read asks for two categories, but one refusal is enough.
read_with('', $RETRY, 'SELECT count(*) FROM hss_quotas', mapping => \%wrong);
is(scalar(() = log_here()), 1, 'wrong secret key: one refusal for a full read');

read_with('', $RETRY, undef, mapping => {
	token => 'simTokenDomain-expired-0123456789abcdef' });
check('expired token', '28000', qr/HTTP 401, APIGW\.0307: The token must be updated/,
	$NEW_TOKEN, 1, 'bss_package_usages');
read_with('', $RETRY, undef, mapping => { token => 'nonsense' });
check('token that is none', '28000', qr/decrypt token fail/, $NEW_TOKEN, 1,
	'bss_package_usages');
read_with('', $RETRY, undef, mapping => {
	token => 'simTokenProject-everything-0123456789abcdef' });
check('token of a project for BSS', '42501', qr/HTTP 403, CBC\.0155/,
	qr/a token must be one of the account/, 1, 'bss_package_usages');

# ---- the clock --------------------------------------------------------------

for my $offset (-3600, 3600)
{
	$sim->clock($offset);
	is(read_with('', {}), 36, "clock off by $offset s: signed once more");
	my @log = log_here();
	is_deeply([ map { $_->{status} } @log ], [ 401, 200 ],
		'one refusal, one answer');
	isnt($log[0]{headers}{'x-sdk-date'}, $log[1]{headers}{'x-sdk-date'},
		'with the time of the service');
	$sim->clear_log;
	is($session->query('SELECT count(*) FROM bss_package_usages'), 36,
		'the next query knows');
	is(scalar(() = log_here()), 1, 'and needs one request');
}
$sim->clock(0);
# ---- connections that end while idle ----------------------------------------

# A kept connection may be closed by the time it is used again: no error, even
# with nothing to spend on retries.
read_with('close=1');
$session->query('SELECT count(*) FROM bss_package_usages') for 1 .. 3;
is($session->stderr, '', 'closed after each reply: no error');
is(scalar(() = log_here()), 4, 'closed after each reply: one request each');
is(read_with('fail=http10,no_length,http10'), 36, 'closed without saying');
for (1 .. 3)
{
	is($session->query('SELECT count(*) FROM bss_package_usages'), 36,
		'and read again');
}
is(scalar(() = log_here()), 4, 'no request more');

# ---- afterwards -------------------------------------------------------------

is(read_with('quotas=10', {}, 'SELECT count(*) FROM hss_quotas'), 10,
	'the session of all these failures still works');
$session->query('SELECT hwbss_fdw_forget()');
my @left = grep { /socket/ } $session->sockets;
$session->query('SELECT hwbss_fdw_forget()');
is(scalar(grep { /socket/ } $session->sockets), scalar @left,
	'and holds no descriptor of theirs');
$session->quit;
$node->stop;
done_testing();
