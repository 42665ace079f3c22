# What a user writes ends up where it belongs, or nowhere: no option and no
# value of a query adds a header, a parameter or a segment of a path.

use strict;
use warnings;

use HwBss;
use Test::More;

# Texts that mean something to somebody on the way.
my %TEXT = (
	'a header' => "x\r\nX-Injected: 1",
	'a request' => "x HTTP/1.1\r\nHost: evil\r\n\r\nGET /injected",
	'CR' => "x\rX-Injected: 1",
	'LF' => "x\nX-Injected: 1",
	'TAB' => "x\ty",
	'ESC' => "x\e[2J",
	'DEL' => "x\x7f",
	'NEL' => "x\x{85}X-Injected: 1",
	'escaped CR LF' => 'x%0d%0aX-Injected:%201',
	'escaped NUL' => 'x%00y',
	'percent' => 'x%',
	'parent' => '..',
	'path' => '../../v3/auth/tokens',
	'escaped path' => '%2e%2e%2fv3',
	'slash' => 'x/injected',
	'backslash' => '..\\..\\v3',
	'query' => 'x?limit=10',
	'parameter' => 'x&limit=10',
	'fragment' => 'x#y',
	'user' => 'x@evil.example.com',
	'semicolon' => 'x;host=evil',
	'comma' => 'x, SignedHeaders=host',
	'blank' => 'x y',
	'quote' => q{x'"`},
	'umlaut' => "\x{fc}",
	'wide dots' => "\x{ff0e}\x{ff0e}/x",
	'line separator' => "x\x{2028}y",
	'bidi' => "x\x{202e}y");

# Options that refuse all of them, each with an SQL statement to set it.
my %ID = map { $_ => 1 } keys %TEXT;
my %URL = %ID;
my %HEADER = map { $_ => 1 } grep { !/^(?:escaped|percent|parent|path|slash|backslash|query|parameter|fragment|user|semicolon|quote)/ } keys %TEXT;
my $CREATE = 'CREATE SERVER x FOREIGN DATA WRAPPER hwbss_fdw OPTIONS (%s)';
my $MAPPING = 'ALTER USER MAPPING FOR CURRENT_USER SERVER spare OPTIONS (%s)';
my $TABLE = 'ALTER FOREIGN TABLE hss_quotas OPTIONS (%s)';
my @REFUSED = (
	(map { [ $_, \%ID, "$_ %s", $CREATE ] } qw(region project_id domain_id site language)),
	(map { [ "$_ of a table", \%ID, "ADD $_ %s", $TABLE ] } qw(region project_id language)),
	[ 'host of endpoint', \%URL, 'endpoint %s', $CREATE, 'https://' ],
	[ 'port of endpoint', \%URL, 'bss_endpoint %s', $CREATE, 'https://example.com:' ],
	[ 'proxy', \%URL, 'proxy %s', $CREATE, 'http://' ],
	[ 'access_key', \%HEADER, 'ADD access_key %s, ADD secret_key \'y\'', $MAPPING ],
	[ 'token', \%HEADER, 'ADD token %s', $MAPPING ],
	[ 'security_token', \%HEADER, 'ADD access_key \'x\', ADD secret_key \'y\', ADD security_token %s', $MAPPING ]);

my $sim = HwBss->new;
my $node = HwBss::node('injection');
my $session = HwBss::session($node);

# UTF-8 as an escape string: psql is told nothing but ASCII.
sub literal
{
	my ($text) = @_;
	utf8::encode(my $bytes = $text);
	return "E'" . join('', map { sprintf '\\x%02x', ord } split //, $bytes) . "'";
}

$sim->connect_node($node);
$session->query("SET client_encoding = 'UTF8'; CREATE SERVER spare FOREIGN DATA WRAPPER hwbss_fdw;
	CREATE USER MAPPING FOR CURRENT_USER SERVER spare");
is($session->stderr, '', 'a spare server');

# ---- options ----------------------------------------------------------------

for my $case (@REFUSED)
{
	my ($where, $texts, $format, $sql, $before) = @$case;
	for my $name (sort keys %$texts)
	{
		# What follows a slash is the path of a URL: see below.
		next if $before && $name eq 'slash';
		my $value = literal(($before || '') . $TEXT{$name});
		$session->query(sprintf $sql, sprintf $format, $value);
		like($session->state, qr/^22023$/, "$where: $name is refused");
		$session->query('DROP SERVER x') unless $session->state;
	}
}

# The path of an endpoint may have escapes, and is sent as it was meant.
for my $name (sort keys %TEXT)
{
	my $path = "https://example.com/$TEXT{$name}";
	$session->query(sprintf $CREATE, 'endpoint ' . literal($path));
	my $is_plain = $name =~ /^(?:slash|parameter|user|semicolon|quote)$/;
	is($session->state, $is_plain ? '' : '22023',
		"path of endpoint: $name is " . ($is_plain ? 'taken as it is' : 'refused'));
	$session->query('DROP SERVER x') unless $session->state;
}

# PostgreSQL's own texts hold no NUL.
$session->query(sprintf $CREATE, q{project_id E'x\\000y'});
is($session->state, '22021', 'NUL is no character of a text');

# ---- what is sent -----------------------------------------------------------

# Each request must look like this, whatever was asked for.
my %HEADERS = map { $_ => 1 } qw(host x-sdk-date authorization x-project-id
	content-type x-language accept accept-encoding user-agent region
	content-length x-domain-id);

sub requests_are_clean
{
	my ($what, $check) = @_;
	my @log = $sim->log;

	for my $request (@log)
	{
		my @odd = grep { !$HEADERS{$_} } sort keys %{ $request->{headers} };
		is("@odd", '', "$what: no header of its own");
		like($request->{path}, qr{^/v5/[0-9a-f]{32}/billing/quotas-detail$},
			"$what: the path");
		isnt($request->{status}, 401, "$what: signed as sent");
		my %query = map { @$_ } @{ $request->{query} };
		is(scalar keys %query, scalar @{ $request->{query} },
			"$what: no parameter twice");
		is($query{limit}, 200, "$what: the limit is ours");
		$check->(\%query) if $check;
	}
	return scalar @log;
}

# Parameters of a query: the value arrives as it was written, escaped on the
# way, or is not sent; then it is compared here.
for my $column (qw(host_name enterprise_project_id resource_id version quota_status category))
{
	for my $name (sort keys %TEXT)
	{
		$sim->clear_log;
		my $rows = $session->query("SELECT count(*) FROM hss_quotas WHERE $column = "
			  . literal($TEXT{$name}));
		my $state = $session->state;

		# Rights on an enterprise project that does not exist are missing.
		like($state, $column eq 'enterprise_project_id' ? qr/^(?:|42501|HV00L)$/ : qr/^$/,
			"$column, $name: no crash");
		is($rows, 0, "$column, $name: no row") unless $state;
		requests_are_clean("$column, $name", sub {
			my ($query) = @_;
			return unless exists $query->{$column};
			my $sent = $query->{$column};
			utf8::decode($sent) unless utf8::is_utf8($sent);
			ok($sent eq $TEXT{$name} || $sent =~ /^[A-Za-z_.]+$/,
				"$column, $name: sent as it is")
			  or diag($sent);
		});
	}
}

# The project is a segment of the path: only what can be one is asked for.
for my $name (sort keys %TEXT)
{
	$sim->clear_log;
	my $rows = $session->query('SELECT count(*) FROM hss_quotas WHERE project_id = '
		  . literal($TEXT{$name}));
	like($session->state, qr/^$|^HV002$/, "project_id, $name: no crash");
	is($rows, 0, "project_id, $name: no row") unless $session->state;
	requests_are_clean("project_id, $name");
}

# Options that take any text end up in a parameter, escaped.
for my $name (sort keys %TEXT)
{
	$session->query('ALTER SERVER huawei OPTIONS (ADD enterprise_project_id '
		  . literal($TEXT{$name}) . ')');
	if ($session->state)
	{
		is($session->state, '22023', "enterprise_project_id, $name: refused");
		next;
	}
	$sim->clear_log;
	$session->query('SELECT count(*) FROM hss_quotas');
	cmp_ok(requests_are_clean("option enterprise_project_id, $name", sub {
			my $sent = $_[0]->{enterprise_project_id};
			utf8::decode($sent) unless utf8::is_utf8($sent);
			is($sent, $TEXT{$name}, "option enterprise_project_id, $name: as it is");
		}), '>', 0, "option enterprise_project_id, $name: is sent");
	$session->query('ALTER SERVER huawei OPTIONS (DROP enterprise_project_id)');
}

$session->quit;
$node->stop;
done_testing();
