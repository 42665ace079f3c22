# Signing in with a password when several requests, or several projects, want
# a token at once: what dies together is replaced together, and a password
# that is wrong is tried once, since five failures lock the user.
#
# Tokens age by the simulator's clock, which the Date of its replies tells.

use strict;
use warnings;

use HwBss;
use Test::More;

my @PROJECTS = ($HwBss::PROJECT, '1b2c3d4e5f60718293a4b5c6d7e8f90a',
	'2c3d4e5f60718293a4b5c6d7e8f90a1b', '3d4e5f60718293a4b5c6d7e8f90a1b2c');
my $ALL_PROJECTS = sprintf q{SELECT count(DISTINCT project_id) FROM hss_quotas
	WHERE category = 'host_resource' AND project_id IN (%s)},
  join ', ', map { "'$_'" } @PROJECTS;
my $ALL_PAGES = 'SELECT count(quota_status) FROM hss_quotas';
my $BSS = 'SELECT count(*) FROM bss_package_usages';
my %USER = (user_name => 'sim-user', password => 'sim-Password/1',
	domain_name => 'sim-account');
my $DAYS = 3 * 86400;

my $sim = HwBss->new;
my $node = HwBss::node('together');
my $session = HwBss::session($node);
my $n = 0;
$session->query('CREATE EXTENSION hwbss_fdw');

# A server and a mapping of their own, with the tables in the search path.
sub server
{
	my ($case, %options) = @_;
	my $schema = 't' . ++$n;
	my %server = (
		endpoint => $sim->url("region_header=ignore;id=$schema" . ($case ? ";$case" : '')),
		allow_insecure => 'true', region => 'ap-southeast-1',
		project_id => $HwBss::PROJECT, retry_budget => '0', page_size => 10,
		%options);
	$sim->clock(0);
	$session->query("SELECT hwbss_fdw_forget();
		CREATE SCHEMA $schema;
		CREATE SERVER $schema FOREIGN DATA WRAPPER hwbss_fdw @{[ HwBss::options(%server) ]};
		CREATE USER MAPPING FOR CURRENT_USER SERVER $schema @{[ HwBss::options(%USER) ]};
		IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER $schema INTO $schema;
		SET search_path = $schema, public");
	BAIL_OUT($session->stderr) if $session->stderr;
	$sim->clear_log;
	return $schema;
}

sub logins { return scalar $sim->log('auth/tokens') }

sub is_refused
{
	my ($what, $detail) = @_;
	my $error = $session->error || {};
	is($error->{state}, '28000', "$what: SQLSTATE") or diag($session->stderr);
	like($error->{detail}, $detail, "$what: detail");
	return;
}

# ---- one token, many requests ------------------------------------------------

# IAM takes its time, so that all are refused before there is a new token.
server('fail_on=iam;delay=300');
is($session->query($ALL_PAGES), 100, 'a list of many pages');
is(logins(), 1, 'one login');
cmp_ok(scalar $sim->log('quotas-detail'), '>=', 10, 'many requests');
$sim->clear_log;
$sim->clock($DAYS);
is($session->query($ALL_PAGES), 100, 'the same when the token has died')
  or diag($session->stderr);
is(logins(), 1, 'one more login');
cmp_ok(scalar(grep { $_->{status} == 401 } $sim->log('quotas-detail')), '>', 1,
	'for several requests that were refused');

# ---- a refusal in words that no document has ---------------------------------

server('fail=APIGW.0305x1');
is($session->query($BSS), 36, 'a token refused in other words');
is(logins(), 2, 'is replaced once');
server('fail=APIGW.0305');
$session->query($BSS);
is_refused('again and again', qr/HTTP 401, APIGW\.0305/);
is(logins(), 2, 'again and again: no third login');
$session->query($BSS);
is(logins(), 2, 'nor by the next statement');

# ---- one password, many projects ---------------------------------------------

sub many_projects
{
	server(@_);
	is($session->query($ALL_PROJECTS), 4, 'four projects')
	  or diag($session->stderr);
	is(logins(), 4, 'a token for each of them');
	return;
}

many_projects('fail_on=iam;delay=500');
$sim->clock($DAYS);
is($session->query($ALL_PROJECTS), 4, 'the same when all tokens have died');
my @logins = $sim->log('auth/tokens');
is(scalar @logins, 8, 'a new one for each');
splice @logins, 0, 4;
cmp_ok($logins[1]{time}, '>', $logins[0]{time} + 0.49,
	'the first login is answered before others begin');
cmp_ok($logins[3]{time}, '<', $logins[1]{time} + 0.49, 'which then go together');

# From the fifth login on IAM says that the password is wrong.
my $CHANGED = 'fail_on=iam;fail=401;fail_at=5;delay=100';
many_projects($CHANGED);
$sim->clock($DAYS);
$session->query($ALL_PROJECTS);
is_refused('a password that has been changed', qr/^IAM answered HTTP 401/);
is(logins(), 5, 'is tried once for all projects');
$session->query($ALL_PROJECTS);
is(logins(), 5, 'and rests');

many_projects($CHANGED);
$sim->clock(86400 - 500);
is($session->query($ALL_PROJECTS), 4, 'a reply tells that tokens will expire');
is($session->query($ALL_PROJECTS), 4, 'the password has been changed')
  or diag($session->stderr);
is(logins(), 5, 'and is tried once for all projects');
is($session->query($ALL_PROJECTS), 4, 'while their tokens go on');
is(logins(), 5, 'until they are dead');

# What says nothing about the password lets the others try, too.
many_projects('fail_on=iam;fail=503x1;fail_at=5;delay=100');
$sim->clock($DAYS);
$session->query($ALL_PROJECTS);
is(($session->error || {})->{state}, 'HV00M', 'IAM is away for one login');
is($session->query($ALL_PROJECTS), 4, 'and comes back');

# ---- a project that IAM gives no token of ------------------------------------

my $unknown = '0' x 32;
my $TWO = "SELECT count(DISTINCT project_id) FROM hss_quotas WHERE category = 'host_resource'
	AND project_id IN ('$HwBss::PROJECT', '$unknown')";
my $RIGHTS = qr/^Check option "project_id" .* not tried again for five minutes\.$/;

server('');
for my $when ('at once', 'and while it rests')
{
	$session->query($TWO);
	is_refused("a project without rights, $when", qr/^IAM answered HTTP 401, 401: The project is not found/);
	like(($session->error || {})->{hint}, $RIGHTS, 'is not the password');
}
is(scalar(grep { $_->{status} == 401 } $sim->log), 1, 'which is tried once');

server('', on_project_error => 'skip');
for my $when ('at once', 'and while it rests')
{
	is($session->query($TWO), 1, "skipped, $when") or diag($session->stderr);
	like($session->stderr, qr/^WARNING: .*skipped project "$unknown"/, 'with a warning');
	like($session->stderr, qr/^HINT:  Check option "project_id"/m, 'and what to do');
}
is(scalar(grep { $_->{status} == 401 } $sim->log), 1, 'for one refusal');

done_testing;
