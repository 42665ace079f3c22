# What names the account, the project and the endpoints where no option does:
# IAM, and the variables that the official SDKs read.

use strict;
use warnings;

use HwBss;
use PostgreSQL::Test::Utils;
use Test::More;

my $BSS = 'SELECT count(*) FROM bss_package_usages';
my $HSS = q{SELECT DISTINCT project_id FROM hss_quotas WHERE category = 'host_resource'};
my $ACCOUNT = 'd0a1b2c3d4e5f60718293a4b5c6d7e8f';
my ($ONE, $TWO) = ($HwBss::PROJECT, '1b2c3d4e5f60718293a4b5c6d7e8f90a');
my ($AK, $SK) = @{ $HwBss::ACCOUNT{everything} };
my %KEY = (access_key => $AK, secret_key => $SK);
my %SOURCE = (credential_source => 'environment');
my %ENVIRONMENT = (HUAWEICLOUD_SDK_AK => $AK, HUAWEICLOUD_SDK_SK => $SK);

delete @ENV{ grep { /^HUAWEICLOUD_/ } keys %ENV };
my $sim = HwBss->new;
my $node = HwBss::node('places');
my $session = HwBss::session($node);
my $n = 0;
$node->safe_psql('postgres', 'CREATE EXTENSION hwbss_fdw; CREATE ROLE plain;
	GRANT USAGE ON FOREIGN DATA WRAPPER hwbss_fdw TO plain');

# A restart with these variables in the environment.
sub restart
{
	my (%variable) = @_;
	local @ENV{ keys %variable } = values %variable;
	$session->quit;
	$node->restart;
	$session = HwBss::session($node);
	$session->query("SET search_path = s$n, public");
	return;
}

# A server with these options and no others.
sub bare
{
	my ($mapping, %server) = @_;
	my $schema = 's' . ++$n;
	$session->query("DROP SERVER s@{[ $n - 1 ]} CASCADE") if $n > 1;
	$session->query("CREATE SCHEMA $schema;
		CREATE SERVER $schema FOREIGN DATA WRAPPER hwbss_fdw @{[ %server ? HwBss::options(%server) : '' ]};
		CREATE USER MAPPING FOR PUBLIC SERVER $schema @{[ HwBss::options(%$mapping) ]};
		IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER $schema INTO $schema;
		SET search_path = $schema, public");
	BAIL_OUT($session->stderr) if $session->stderr;
	$sim->clear_log;
	return $schema;
}

sub server
{
	my ($mapping, $case, %more) = @_;
	return bare($mapping, endpoint => $sim->url(($case ? "$case;" : '') . "id=n$n"),
		allow_insecure => 'true', region => 'ap-southeast-1', retry_budget => '0', %more);
}

sub asked
{
	return join ' ', map {
		$_->{path} =~ m{auth/domains} ? 'account'
		  : $_->{path} =~ m{auth/tokens} ? 'login'
		  : $_->{path} =~ m{v3/projects} ? 'projects'
		  : $_->{path} =~ /quotas-detail/ ? 'hss'
		  : $_->{path} =~ /usages/ ? 'bss' : $_->{path}
	} $sim->log;
}

sub named { return ($sim->log)[-1]{headers}{ $_[0] } }

sub refused
{
	my ($what, $state, $message, $detail, $hint) = @_;
	my $error = $session->error || {};
	is($error->{state}, $state, "$what: SQLSTATE") or diag($session->stderr);
	like($error->{message}, $message, "$what: message");
	like($error->{detail} // '', $detail, "$what: detail");
	like($error->{hint} // '', $hint, "$what: hint");
	return;
}

# ---- the account, as IAM knows it -------------------------------------------

server(\%KEY, 'account=named');
$session->query($BSS);
refused('an account that has to be named', '42501', qr/^could not read/, qr/CBC\.0155/,
	qr/option "domain_id" \(auto asks IAM\)/);
server(\%KEY, 'account=named', domain_id => 'auto');
is($session->query($BSS), 36, 'domain_id auto');
is(asked(), 'account bss', 'asks IAM');
is(named('x-domain-id'), $ACCOUNT, 'and names the account');
is($session->query($BSS), 36, 'once more');
is(asked(), 'account bss bss', 'it is known');
$session->query('SELECT hwbss_fdw_forget()');
like($session->query("EXPLAIN (ANALYZE, COSTS OFF) SELECT * FROM bss_package_usages"),
	qr/IAM Requests: 1\b/, 'EXPLAIN counts the request');
is($session->query($HSS), $ONE, 'HSS');
is(named('x-domain-id'), undef, 'is not told the account');
server(\%KEY, 'account=named', domain_id => $ACCOUNT);
is($session->query($BSS), 36, 'an account that is set');
is(asked(), 'bss', 'is not asked for');

server(\%KEY, 'domains=empty', domain_id => 'auto');
$session->query($BSS);
refused('no account', 'HV002', qr/^could not find the account for foreign table "bss_package_usages"/,
	qr/^IAM lists no account for the user mapping's key\.$/, qr/^Set option "domain_id" of server "s\d+"/);
is(asked(), 'account', 'and BSS is not asked');
server(\%KEY, 'domains=two', domain_id => 'auto');
$session->query($BSS);
refused('two accounts', 'HV002', qr/^could not find the account/,
	qr/^IAM lists 2 accounts: $ACCOUNT, f{32}\.$/, qr/domain_id/);
server(\%KEY, 'fail_on=iam;fail=403', domain_id => 'auto');
$session->query($BSS);
refused('IAM refuses', '42501', qr/^could not look up the account for/, qr/^API "account" answered HTTP 403/, qr/user mapping/);
server(\%KEY, 'fail_on=iam;hang=before_headers', domain_id => 'auto');
$session->query("SET statement_timeout = '300ms'; $BSS");
is($session->state, '57014', 'a look-up of the account is cancelled');
$session->query('RESET statement_timeout');

# ---- tokens without scope ----------------------------------------------------

my %user = (user_id => substr(unpack('H*', 'sim-user') . '0' x 32, 0, 32),
	password => 'sim-Password/1');
server(\%user, 'iam=unscoped');
is($session->query($BSS), 36, 'a token that has no scope');
is(asked(), 'login login bss', 'is asked for again, with one');
like(($sim->log)[1]{body}, qr/"scope":\{"domain":\{"id":"$ACCOUNT"\}\}/, 'the account of the user');
is($session->query($BSS), 36, 'once more');
is(asked(), 'login login bss bss', 'and kept');
server(\%user, '', domain_id => 'auto');
is($session->query($BSS), 36, 'a token that has one');
is(asked(), 'login bss', 'is taken as it is, and IAM not asked for the account');

# ---- IDs beside the key ------------------------------------------------------

restart(%ENVIRONMENT, HUAWEICLOUD_SDK_PROJECT_ID => $TWO, HUAWEICLOUD_SDK_DOMAIN_ID => $ACCOUNT);
server(\%SOURCE, 'account=named;region_header=ignore');
is($session->query($BSS), 36, 'an account in the environment');
is(named('x-domain-id'), $ACCOUNT, 'is named');
is($session->query($HSS), $TWO, 'a project in the environment is read');
is(asked(), 'bss hss', 'and IAM is not asked');
is($session->query("$HSS AND project_id = '$ONE'"), $ONE, 'unless the query names another');
is($session->query("$HSS AND region = 'ap-southeast-3'"), $TWO, 'or another region');
like(asked(), qr/projects hss$/, 'whose project is looked up');
server(\%SOURCE, '', project_id => $ONE, domain_id => 'f' x 32);
is($session->query($HSS), $ONE, 'options come first: the project');
$session->query($BSS);
is(named('x-domain-id'), 'f' x 32, 'and the account');
server(\%KEY);
is($session->query($HSS), $ONE, 'a mapping with its own key');
is(asked(), 'projects hss', 'has nothing to do with the environment');

restart(%ENVIRONMENT, HUAWEICLOUD_SDK_PROJECT_ID => "../$TWO", HUAWEICLOUD_SDK_DOMAIN_ID => "a\r\nX-Injected: 1");
server(\%SOURCE);
$session->query($HSS);
refused('no project ID', '28000', qr/^invalid project ID beside the key for server/,
	qr/^It must consist of/, qr/HUAWEICLOUD_SDK_PROJECT_ID/);
$session->query($BSS);
refused('no account ID', '28000', qr/^invalid account ID beside the key/, qr/^It must consist of/, qr/HUAWEICLOUD_SDK_DOMAIN_ID/);
is(asked(), '', 'nothing is sent');

restart();
my $home = PostgreSQL::Test::Utils::tempdir();
chmod 0755, $home;
append_to_file("$home/credentials", "[basic]\nak=$AK\nsk=$SK\nproject_id=$TWO\n"
	  . "[global]\nak=$AK\nsk=$SK\ndomain_id=$ACCOUNT\n");
server({ credential_source => 'profile', profile_path => "$home/credentials" },
	'account=named', region => 'ap-southeast-3');
is($session->query($HSS), $TWO, 'a project in the file');
is($session->query($BSS), 36, 'an account in the file');
is(asked(), 'hss bss', 'IAM is not asked');

# ---- endpoints ---------------------------------------------------------------

# Each service has a path of its own here, so that it shows who was asked where.
my %OVERRIDE = (
	HUAWEICLOUD_SDK_IAM_ENDPOINT => $sim->url('id=iam'),
	HUAWEICLOUD_SDK_REGION_HSS_AP_SOUTHEAST_1 => $sim->url('id=hss') . ',https://second.invalid',
	HUAWEICLOUD_SDK_REGION_HSS_MOON_BASE_1 => $sim->url('id=moon;region_header=ignore'),
	HUAWEICLOUD_SDK_REGION_HSS_AP_SOUTHEAST_2 => 'ftp://marker@x',
	HUAWEICLOUD_SDK_REGION_HSS_AP_SOUTHEAST_3 => 'no-scheme.invalid',
	HUAWEICLOUD_SDK_REGION_BSSINTL_AP_SOUTHEAST_1 => $sim->url('id=intl'),
	HUAWEICLOUD_SDK_REGION_BSS_CN_NORTH_1 => $sim->url('id=cn'));
sub places { return join ' ', map { $_->{target} =~ m{/case/id%3D(\w+)} ? $1 : $_->{target} } $sim->log }

restart(%OVERRIDE);
my %bare = (allow_insecure => 'true', region => 'ap-southeast-1', retry_budget => '0');
bare(\%KEY, %bare);
is($session->query($HSS), $ONE, 'endpoints in the environment');
is($session->query($BSS), 36, 'of all services');
is(places(), 'iam hss intl', 'are asked');
bare(\%KEY, %bare, site => 'cn');
is($session->query($BSS), 36, 'another site');
is(places(), 'cn', 'has another variable');
bare(\%KEY, %bare, region => 'moon-base-1', project_id => $ONE);
is($session->query($HSS), $ONE, 'a region nobody knows');
is(places(), 'moon', 'may be in the environment');
bare(\%KEY, %bare, region => 'moon-base-2', project_id => $ONE, hss_endpoint => $sim->url('id=mine;region_header=ignore'));
is($session->query($HSS), $ONE, 'or have an endpoint set');
is(places(), 'mine', 'which is asked');
bare(\%KEY, %bare, endpoint => $sim->url('id=mine'));
$session->query($_) for $HSS, $BSS;
is(places(), 'mine mine mine', 'options come first');
bare(\%KEY, %bare, region => 'ap-southeast-2', project_id => $ONE);
$session->query($HSS);
refused('what is no URL', '22023', qr/^invalid endpoint in environment variable "HUAWEICLOUD_SDK_REGION_HSS_AP_SOUTHEAST_2"$/,
	qr/^It must be a URL/, qr/environment of the database server's process/);
unlike($session->stderr, qr/marker/, 'and is not shown');
bare(\%KEY, %bare, region => 'ap-southeast-3', project_id => $ONE, connect_timeout => '1s');
$session->query($HSS);
like($session->stderr, qr/no-scheme\.invalid/, 'a host without scheme');

# Roles that are no superusers must not send keys where the environment says,
# nor learn what it says.
my $schema = bare(\%KEY, region => 'ap-southeast-1', project_id => $ONE);
$session->query("ALTER SERVER $schema OWNER TO plain; SET hwbss_fdw.allowed_hosts = 'nowhere.invalid'");
$session->query($_) for $HSS, $BSS;
refused('the server of another role', '42501', qr/to host "bss-intl\.myhuaweicloud\.com"/, qr/belongs to role "plain"/, qr/superuser/);
is(places(), '', 'is not led elsewhere');

is(scalar(grep { $_->{bug} } $sim->log), 0, 'the simulator found no mistake of its own');
$session->quit;
done_testing();
