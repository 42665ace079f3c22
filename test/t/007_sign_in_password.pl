# Signing in with the password of an IAM user: what is asked of IAM, when it is
# asked again, and what a user sees when it refuses.
#
# Tokens age by the simulator's clock, which the Date of its replies tells.

use strict;
use warnings;

use HwBss;
use JSON::PP ();
use PostgreSQL::Test::Utils;
use Test::More;

my $DOMAIN_ID = 'd0a1b2c3d4e5f60718293a4b5c6d7e8f';
my $OTHER = '1b2c3d4e5f60718293a4b5c6d7e8f90a';
my $BSS = 'SELECT count(*) FROM bss_package_usages';
my $HSS = q{SELECT count(*) FROM hss_quotas WHERE category = 'host_resource'};
my $json = JSON::PP->new->canonical;

my %USER = (user_name => 'sim-user', password => 'sim-Password/1',
	domain_name => 'sim-account');

my $sim = HwBss->new;
my ($node, $set_clock) = HwBss::node_with_clock('password');
my $session = HwBss::session($node);
my $n = 0;
$session->query('CREATE EXTENSION hwbss_fdw');

# A server and a mapping of their own, with the tables in the search path.
sub server
{
	my ($mapping, $case, %options) = @_;
	my $schema = 'p' . ++$n;
	my %server = (
		endpoint => $sim->url(($case ? "$case;" : '') . "id=$schema"),
		allow_insecure => 'true', region => 'ap-southeast-1',
		project_id => $HwBss::PROJECT, retry_budget => '0', %options);
	$session->query("DROP SERVER p@{[ $n - 1 ]} CASCADE") if $n > 1;
	$session->query("CREATE SCHEMA $schema;
		CREATE SERVER $schema FOREIGN DATA WRAPPER hwbss_fdw @{[ HwBss::options(%server) ]};
		CREATE USER MAPPING FOR CURRENT_USER SERVER $schema @{[ HwBss::options(%$mapping) ]};
		IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER $schema INTO $schema;
		SET search_path = $schema, public");
	BAIL_OUT($session->stderr) if $session->stderr;
	$sim->clear_log;
	return $schema;
}

# "POST /v3/auth/tokens, GET .../quotas-detail" and so on, in short.
sub asked
{
	return join ' ', map {
		$_->{path} =~ m{/auth/tokens} ? 'login'
		  : $_->{path} =~ /quotas-detail/ ? 'hss'
		  : $_->{path} =~ /usages/ ? 'bss' : $_->{path}
	} $sim->log;
}

sub refused
{
	my ($what, $state, $detail, $hint) = @_;
	my $error = $session->error || {};
	is($error->{state}, $state, "$what: SQLSTATE") or diag($session->stderr);
	like($error->{detail}, $detail, "$what: detail");
	like($error->{hint}, $hint, "$what: hint");
	unlike($session->stderr, qr/sim-Password|marker/, "$what: no password");
	return;
}

# ---- one token per scope -----------------------------------------------------

server(\%USER, 'region_header=ignore');
is($session->query($BSS), 36, 'a BSS table');
is($session->stderr, '', 'without a word');
is(asked(), 'login bss', 'one login, one request');
my ($login, $bss) = $sim->log;
is("$login->{method} $login->{target}" =~ s{/case/[^/]*}{}r,
	'POST /v3/auth/tokens?nocatalog=true', 'the request for a token');
is($login->{headers}{'content-type'}, 'application/json', 'in JSON');
ok(!exists $login->{headers}{$_}, "without $_")
  for qw(authorization x-auth-token x-project-id x-domain-id);
is_deeply($json->decode($login->{body}), { auth => {
		identity => { methods => ['password'], password => { user => {
			name => 'sim-user', password => 'sim-Password/1',
			domain => { name => 'sim-account' } } } },
		scope => { domain => { name => 'sim-account' } } } },
	'of the account');
like($bss->{headers}{'x-auth-token'}, qr/^simIssuedToken-domain-/, 'the token');
is($bss->{auth}, 'token', 'is taken');
ok(!exists $bss->{headers}{$_}, "which goes without $_")
  for qw(authorization x-sdk-date x-project-id x-domain-id);

is($session->query($BSS), 36, 'once more');
is(asked(), 'login bss bss', 'with the same token');
is($session->query($HSS) > 0, 1, 'an HSS table');
is(asked(), 'login bss bss login hss', 'takes a token of the project');
my @log = $sim->log;
is_deeply($json->decode($log[3]{body})->{auth}{scope},
	{ project => { id => $HwBss::PROJECT } }, 'by its ID');
like($log[4]{headers}{'x-auth-token'}, qr/^simIssuedToken-project-/, 'its token');
$session->query("SELECT count(*) FROM hss_quotas WHERE project_id = '$OTHER'");
is($session->stderr, '', 'another project');
is(asked(), 'login bss bss login hss login hss hss', 'another token');
is_deeply($json->decode(($sim->log)[5]{body})->{auth}{scope},
	{ project => { id => $OTHER } }, 'of that project');
$sim->clear_log;
$session->query("$HSS; $BSS; SELECT count(*) FROM hss_quotas WHERE project_id = '$OTHER'");
is(asked(), 'hss bss hss hss', 'all of them are kept');

# Several requests that are there at once wait for one token.
server(\%USER);
is($session->query('SELECT count(*) FROM hss_quotas'), 100, 'a full read');
is(asked(), 'login hss hss', 'takes one login');
is_deeply([ map { { map { @$_ } @{ $_->{query} } }->{category} || () } $sim->log ],
	[ 'host_resource', 'container_resource' ], 'and begins with the first page');
is($session->query("SELECT count(*) FROM hss_quotas q, bss_package_usages b
	WHERE q.category = 'host_resource' AND b.balance = -1"), 0, 'both services');
is($session->query('SELECT requests FROM hwbss_fdw_stats()'), 6,
	'logins are counted');

# By ID: no domain is named, and the account of the user is meant.
my $id = unpack 'H*', 'sim-user';
$id .= '0' x (32 - length $id);
server({ user_id => $id, password => 'sim-Password/1' });
is($session->query($BSS), 36, 'a user by ID');
is_deeply($json->decode(($sim->log)[0]{body}), { auth => { identity => {
		methods => ['password'], password => { user => {
			id => $id, password => 'sim-Password/1' } } } } },
	'without a domain');
server({ user_id => $id, password => 'sim-Password/1' }, '', domain_id => $DOMAIN_ID);
is($session->query($BSS), 36, 'with domain_id');
is_deeply($json->decode(($sim->log)[0]{body})->{auth}{scope},
	{ domain => { id => $DOMAIN_ID } }, 'that is the scope');

# IAM may be elsewhere.
my $iam = HwBss->new;
server(\%USER, '', iam_endpoint => $iam->url);
$session->query($BSS);
refused('a token of another cloud', '28000', qr/decrypt token fail/, qr/token/);
is(scalar $iam->log('auth/tokens'), 2, 'iam_endpoint was asked, and asked again');
is(asked(), 'bss bss', 'and nobody else');
$iam->stop;

# ---- the life of a token ----------------------------------------------------

server(\%USER);
$session->query($BSS);
$sim->clock(86400 - 3600);
$session->query($BSS);
$session->query($BSS);
is(asked(), 'login bss bss bss', 'an hour before its end a token goes on');
$sim->clock(86400 - 500);
$session->query($BSS);
is(asked(), 'login bss bss bss bss', 'shortly before, a reply tells the time');
is($session->query($BSS), 36, 'and from then on');
is(asked(), 'login bss bss bss bss login bss', 'there is a new one');
$sim->clear_log;
$session->query($BSS);
is(asked(), 'bss', 'which lasts');

# Nobody asked for a day: the token is dead, and that shows.
$sim->clock(3 * 86400);
is($session->query($BSS), 36, 'a token that died');
is(asked(), 'bss bss login bss', 'is replaced once');
$sim->clock(0);

# A short-lived one is used, not fetched for each request.
server(\%USER, 'token_life=120');
$session->query($BSS) for 1 .. 3;
is(asked(), 'login bss bss bss', 'a token for two minutes');

# IAM is away when it would be time to renew.
server(\%USER, 'fail_on=iam;fail=503;fail_at=2');
$session->query($BSS);
$sim->clock(86400 - 500);
$session->query($BSS) for 1 .. 2;
is($session->query($BSS), 36, 'a renewal that fails');
is(asked(), 'login bss bss login bss bss', 'leaves the old token in use, for a while');
$sim->clock(0);

# Before its time: once, and never in a circle.
server(\%USER, 'fail=401x1');
is($session->query($BSS), 36, 'a token that was revoked');
is(asked(), 'login bss login bss', 'is replaced');
server(\%USER, 'fail=CBC.0154x1');
is($session->query($BSS), 36, 'as BSS says it');
is(asked(), 'login bss login bss', 'in its own code');
server(\%USER, 'fail=401');
$session->query($BSS);
refused('refused again and again', '28000', qr/APIGW\.0307: The token must be updated/, qr/token/);
is(asked(), 'login bss login bss', 'once for a request');
server(\%USER, 'fail=401');
$session->query('SELECT count(*) FROM hss_quotas') for 1 .. 2;
is(scalar $sim->log('auth/tokens'), 2,
	'nor does another request, or statement, ask for a third token at once');

# ---- other credentials -------------------------------------------------------

my $schema = server(\%USER);
$session->query($BSS);
$session->query("ALTER USER MAPPING FOR CURRENT_USER SERVER $schema OPTIONS (SET user_name 'sim-customer', SET password 'sim-Password/2')");
is($session->query($BSS), 36, 'after ALTER USER MAPPING');
is(asked(), 'login bss login bss', 'the next statement signs in anew');
is(($sim->log)[3]{account}, 'customer', 'as that user');
$session->query('SELECT hwbss_fdw_forget()');
$session->query($BSS);
is(asked(), 'login bss login bss login bss', 'hwbss_fdw_forget() drops tokens');

# ---- refusals ----------------------------------------------------------------

my $schema_wrong = server({ %USER, password => 'marker-wrong' });
$session->query('SELECT count(*) FROM hss_quotas');
refused('wrong password', '28000',
	qr/^IAM answered HTTP 401, 401: The username or password is wrong\. Request ID: [0-9a-f]{32}\.$/,
	qr/^Check "user_name" \(or "user_id"\), "password" and "domain_name" of the user mapping/);
is(asked(), 'login', 'wrong password: one login');
for my $sql ($BSS, $HSS, $BSS)
{
	$session->query($sql);
	refused('after it', '28000', qr/^IAM answered HTTP 401/,
		qr/^The password was refused; to keep the user from being locked, it is not tried again for five minutes/);
}
is(asked(), 'login', 'and no further one');
SKIP:
{
	skip 'no compiler', 6 unless $set_clock;
	$set_clock->(240);
	$session->query($BSS);
	is(asked(), 'login', 'nor within five minutes');
	$set_clock->(301);
	$session->query($BSS);
	refused('five minutes later', '28000', qr/is wrong/, qr/^Check/);
	is(asked(), 'login login', 'it is tried again');
	$set_clock->(0);
}
$session->query("ALTER USER MAPPING FOR CURRENT_USER SERVER $schema_wrong OPTIONS (SET password 'sim-Password/1')");
is($session->query($BSS), 36, 'a corrected password is tried at once');

server({ %USER, domain_name => 'another-account' });
$session->query($BSS);
refused('wrong account', '28000', qr/username or password is wrong/, qr/domain_name/);
server({ %USER, user_name => 'sim-locked', password => 'sim-Password/5' });
$session->query($BSS);
refused('locked user', '28000', qr/The user has been locked/, qr/^IAM has locked the user/);
$session->query($BSS);
is(asked(), 'login', 'locked user: one login');
server({ %USER, user_name => 'sim-mfa', password => 'sim-Password/6' });
$session->query($BSS);
refused('MFA demanded', '28000', qr/MFA login protection/,
	qr/^Users with MFA login protection cannot sign in here/);
server(\%USER, '', project_id => '00000000000000000000000000000000');
$session->query($HSS);
refused('unknown project', '28000', qr/The project is not found or disabled/,
	qr/^Check option "project_id"/);
is($session->query($BSS), 36, 'unknown project: the account can be read');
is(asked(), 'login login bss', 'with one more login');
$session->query($HSS);
is(asked(), 'login login bss', 'and the project is not tried again');
server({ %USER, user_name => 'sim-partner', password => 'sim-Password/3' });
$session->query($BSS);
refused('a partner for a customer', '42501', qr/^API "package_usages" answered HTTP 403/, qr/customer/);

for (
	[ 'iam=no_header', 'HV00M', qr/^IAM answered HTTP 201: the reply has no header X-Subject-Token\./, qr/iam_endpoint/ ],
	[ 'iam=html', 'HV00M', qr/^IAM answered HTTP 200: .* at byte 1/, qr/iam_endpoint/ ],
	[ 'iam=expired', 'HV00M', qr/the token expired at \S+Z, before it came/, qr/iam_endpoint/ ],
	[ 'fail_on=iam;fail=0302', '42501', qr/^IAM answered HTTP 403/, qr/^The IAM user of the user mapping/ ],
	[ 'fail_on=iam;fail=400', 'HV00L', qr/^IAM answered HTTP 400/, qr/iam_endpoint/ ],
	[ 'fail_on=iam;fail=404', 'HV00R', qr/^IAM answered HTTP 404/, qr/iam_endpoint/ ],
	[ 'fail_on=iam;fail=503', 'HV00M', qr/^IAM answered HTTP 503/, qr/^Try again later/ ],
	[ 'fail_on=iam;fail=reset_before', 'HV00N', qr/^IAM gave no answer/, qr/iam_endpoint/ ],
	[ 'fail_on=iam;fail=truncate', 'HV00N', qr/^IAM answered HTTP 201/, qr/iam_endpoint/ ],
	[ 'fail_on=iam;fail=endless_body', '54000', qr/^IAM answered HTTP 201: the body is larger/, qr/./ ])
{
	my ($case, $state, $detail, $hint) = @$_;
	server(\%USER, $case);
	$session->query('SELECT count(*) FROM hss_quotas');
	refused($case, $state, $detail, $hint);
	is(asked(), 'login', "$case: one login for both lists");
	is(scalar(grep { $_->{bug} } $sim->log), 0, "$case: the simulator knows it");
	$session->query($BSS);
	is(asked(), 'login login', "$case: no wrong password, so tried by the next statement");
}
server(\%USER, 'iam=other_project');
$session->query($HSS);
refused('a token of another project', 'HV00M',
	qr/the token is one of project $OTHER, not of project $HwBss::PROJECT/, qr/iam_endpoint/);

# Failures that pass are tried again, as everywhere.
server(\%USER, 'fail_on=iam;fail=503x1', retry_budget => '30s');
is($session->query($BSS), 36, 'IAM away for a moment');
is(asked(), 'login login bss', 'two logins');
server(\%USER, 'fail_on=iam;fail=500', retry_budget => '30s');
$session->query($BSS);
is(asked(), 'login login', '500: one repeat, since it may be the request');
server(\%USER, 'fail_on=iam;fail=429x1;retry_after=0', retry_budget => '30s');
is($session->query($BSS), 36, 'IAM throttles');

# ---- cancelled, and left alone -----------------------------------------------

for my $hang (qw(before_headers in_body))
{
	server(\%USER, "fail_on=iam;hang=$hang", request_timeout => '1h');
	my $before = $sim->stats->{open_connections};
	$session->send('SELECT count(*) FROM hss_quotas');
	is($sim->wait_requests(1), 1, "$hang: waits for a token");
	kill 'INT', $session->pid;
	$session->finish;
	is($session->state, '57014', "$hang: cancelled");
	ok(HwBss::wait_until(sub { $sim->stats->{open_connections} <= $before }),
		"$hang: the request is given up");
	is(asked(), 'login', "$hang: one request");
	$session->send($BSS);
	is($sim->wait_requests(2), 2, "$hang: the next one asks anew");
	kill 'INT', $session->pid;
	$session->finish;
	is($session->state, '57014', "$hang: and waits");
	is(asked(), 'login login', "$hang: for one login");
}
server(\%USER, "fail_on=iam;fail=503;retry_after=3600", retry_budget => '2h');
$session->send($BSS);
ok($session->wait_told(qr/^DETAIL:  IAM answered HTTP 503/m), 'waits to try again');
kill 'INT', $session->pid;
$session->finish;
is($session->state, '57014', 'cancelled');
like($session->stderr, qr/^NOTICE:.*waiting 3\d+ s.*\nDETAIL:  IAM answered HTTP 503/m,
	'and had said why it waits');
server(\%USER);
is($session->query($BSS), 36, 'the session goes on');

$session->quit;
$node->stop;
unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC|TRAP/,
	'nothing crashed');
done_testing();
