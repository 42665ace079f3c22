# Signing in with temporary keys, and with keys that the database server has:
# environment, credentials file, metadata service, and the chain of them.
#
# Keys age by the simulator's clock, which the Date of its replies tells.

use strict;
use warnings;

use HwBss;
use HTTP::Tiny;
use JSON::PP ();
use PostgreSQL::Test::Utils;
use Test::More;

my $BSS = 'SELECT count(*) FROM bss_package_usages';
my $HSS = q{SELECT count(*) FROM hss_quotas WHERE category = 'host_resource'};
my ($AK, $SK) = @{ $HwBss::ACCOUNT{everything} };
my ($CUSTOMER_AK, $CUSTOMER_SK) = @{ $HwBss::ACCOUNT{customer} };
my $TEMPORARY_AK = 'SIMAK0TEMPORARY00000';
my $TEMPORARY_SK = 'simSkTemporary/+0123456789abcdefghijklmno';
my $SECURITY_TOKEN = 'simSecurityToken-0123456789abcdef';
my $LIFE = qr/^A temporary access key lives for a time only/;

# The server's environment is ours, but for what a part says.
delete @ENV{ grep { /^HUAWEICLOUD_/ } keys %ENV };
my $home = PostgreSQL::Test::Utils::tempdir();
chmod 0755, $home;

my $sim = HwBss->new;
my $node = do {
	local $ENV{HOME} = $home;
	HwBss::node('sources',
		"hwbss_fdw.metadata_endpoint = '" . $sim->url('metadata=none') . "'");
};
my $session;
my $n = 0;
my $nmetadata = 0;
$node->safe_psql('postgres', 'CREATE EXTENSION hwbss_fdw');
start();

sub start
{
	$session->quit if $session;
	$session = HwBss::session($node);
	return;
}

# A restart with these variables in the environment.
sub restart
{
	my (%variable) = @_;
	local $ENV{HOME} = $home;
	local @ENV{ keys %variable } = values %variable;
	$session->quit;
	undef $session;
	$node->restart;
	start();
	$session->query("SET search_path = s$n, public");
	return;
}

sub server
{
	my ($mapping, $case) = @_;
	my $schema = 's' . ++$n;
	my %server = (
		endpoint => $sim->url(($case ? "$case;" : '') . "id=$schema"),
		allow_insecure => 'true', region => 'ap-southeast-1',
		project_id => $HwBss::PROJECT, retry_budget => '0');
	$session->query("DROP SERVER s@{[ $n - 1 ]} CASCADE") if $n > 1;
	$session->query("CREATE SCHEMA $schema;
		CREATE SERVER $schema FOREIGN DATA WRAPPER hwbss_fdw @{[ HwBss::options(%server) ]};
		CREATE USER MAPPING FOR CURRENT_USER SERVER $schema @{[ HwBss::options(%$mapping) ]};
		IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER $schema INTO $schema;
		SET search_path = $schema, public");
	BAIL_OUT($session->stderr) if $session->stderr;
	$sim->clear_log;
	return $schema;
}

# Where the metadata service is, from the next session on.
sub metadata
{
	my ($case) = @_;
	$session->query("SELECT hwbss_fdw_forget();
		SET hwbss_fdw.metadata_endpoint = '" . $sim->url("$case;id=m" . ++$nmetadata) . "'");
	return;
}

sub asked
{
	return join ' ', map {
		$_->{path} =~ m{/api/token} ? 'token'
		  : $_->{path} =~ /securitykey/ ? 'key'
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
	like($error->{hint}, $hint, "$what: hint") if $hint;
	unlike($session->stderr, qr/simSk|simSecurity|SIMAK0|marker/, "$what: no secret");
	return;
}

sub profile
{
	my ($text, $path) = @_;
	$path ||= "$home/credentials.ini";
	unlink $path;
	append_to_file($path, $text);
	return $path;
}

# ---- temporary keys in the mapping ------------------------------------------

my %temporary = (access_key => $TEMPORARY_AK, secret_key => $TEMPORARY_SK);
server({ %temporary, security_token => $SECURITY_TOKEN });
is($session->query($BSS), 36, 'a temporary key');
my ($request) = $sim->log;
is($request->{headers}{'x-security-token'}, $SECURITY_TOKEN, 'sends its token');
like($request->{headers}{authorization}, qr/SignedHeaders=[^,]*\bx-security-token\b/,
	'signed');
server(\%temporary);
$session->query($BSS);
refused('without its token', '28000', qr/APIGW\.0301/, qr/a temporary key needs its security token/);

# One that the metadata service gave, an hour and a minute ago.
my $key = JSON::PP->new->decode(HTTP::Tiny->new->get(
		$sim->url('metadata=1') . '/openstack/latest/securitykey')->{content})->{credential};
$sim->clock(3660);
server({ access_key => $key->{access}, secret_key => $key->{secret},
	security_token => $key->{securitytoken} });
$sim->clock(0);
is($session->query($BSS), 36, 'before its end');
$sim->clock(3660);

# The clock of signatures follows after a first refusal.
$session->query($BSS);
refused('expired', '28000', qr/HTTP 401, APIGW\.0301: .*token expires/, $LIFE);
$sim->clear_log;
$session->query($BSS);
refused('still expired', '28000', qr/token expires/, $LIFE);
is(asked(), 'bss', 'which is one request');
$sim->clock(0);

# ---- the environment --------------------------------------------------------

server({ credential_source => 'environment' });
$session->query($BSS);
refused('an empty environment', '28000',
	qr/^No credentials were found: HUAWEICLOUD_SDK_AK is not set\.$/, qr/credential_source/);
is(asked(), '', 'sends nothing');
restart(HUAWEICLOUD_SDK_AK => $CUSTOMER_AK);
$session->query($BSS);
refused('half a key', '28000', qr/HUAWEICLOUD_SDK_SK is not set/);
restart(HUAWEICLOUD_SDK_IDP_ID => 'idp');
$session->query($BSS);
refused('an identity provider', '28000', qr/identity provider is not supported/);
restart(HUAWEICLOUD_SDK_AK => $CUSTOMER_AK, HUAWEICLOUD_SDK_SK => $CUSTOMER_SK);
is($session->query($BSS), 36, 'a key in the environment');
is(($sim->log)[-1]{account}, 'customer', 'is used');
is($session->query($HSS) > 0, 1, 'for projects, too');
is(($sim->log)[-1]{headers}{'x-project-id'}, $HwBss::PROJECT, 'which are named');
restart(HUAWEICLOUD_SDK_AK => $TEMPORARY_AK, HUAWEICLOUD_SDK_SK => $TEMPORARY_SK,
	HUAWEICLOUD_SDK_SECURITY_TOKEN => $SECURITY_TOKEN);
is($session->query($BSS), 36, 'a temporary key in the environment');
is(($sim->log)[-1]{account}, 'temporary', 'is used');
restart(HUAWEICLOUD_SDK_AK => $AK, HUAWEICLOUD_SDK_SK => 'marker-wrong');
$sim->clear_log;
$session->query($BSS);
refused('a wrong key in the environment', '28000', qr/verify aksk signature fail/, qr/^Check/);
$session->query($HSS);
refused('after it', '28000', qr/verify aksk/, qr/not tried again for five minutes/);
is(asked(), 'bss', 'one request');

# ---- a file ------------------------------------------------------------------

restart();
my $path = profile("# a comment\n[basic]\nak = $AK\nsk=$SK\nproject_id = x\n"
	  . "; another\n\n[global]\r\n  ak=\"$CUSTOMER_AK\"\r\n\tsk = '$CUSTOMER_SK'  \r\n");
my %profile = (credential_source => 'profile', profile_path => $path);
server(\%profile);
is($session->query($BSS), 36, 'a file');
is(($sim->log)[-1]{account}, 'customer', 'BSS uses section [global]');
is($session->query($HSS) > 0, 1, 'HSS');
is(($sim->log)[-1]{account}, 'everything', 'uses section [basic]');
for (
	[ "[basic]\nak=$AK\nsk=$SK\n", qr/has no section \[global\]/ ],
	[ "[global]\nak=$AK\n[basic]\nsk=$SK\n", qr/section \[global\] of file "\Q$path\E" has no "sk"/ ],
	[ "[global]\nsk=$SK\n", qr/has no "ak"/ ],
	[ "ak=$AK\nsk=$SK\n", qr/has no section/ ],
	[ "[global]\nak=\nsk=marker\n", qr/has no "ak"/ ],
	[ '', qr/has no section/ ],
	[ "[global]\n" . "#marker\n" x 40000, qr/has more than 262144 bytes/ ])
{
	profile($_->[0]);
	$session->query('SELECT hwbss_fdw_forget()');
	$sim->clear_log;
	$session->query($BSS);
	refused("a file with $_->[1]", '28000', $_->[1], qr/credential_source/);
	is(asked(), '', 'sends nothing');
}
unlink $path;
$session->query($BSS);
refused('no file', '28000', qr/could not open file "\Q$path\E": No such file/);
mkdir $path;
$session->query($BSS);
refused('a directory', '28000', qr/is no regular file/);
rmdir $path;
system('mkfifo', $path) == 0 or die;
$session->query($BSS);
refused('a pipe', '28000', qr/is no regular file/);
unlink $path;

# A key that was replaced in the file is seen when the old one is refused.
profile("[global]\nak=$AK\nsk=marker-wrong\n");
$sim->clear_log;
$session->query($BSS) for 1 .. 2;
refused('a wrong key in a file', '28000', qr/verify aksk/, qr/five minutes/);
is(asked(), 'bss', 'is sent once');
profile("[global]\nak=$AK\nsk=$SK\n");
is($session->query($BSS), 36, 'another one is tried at once');
profile("[global]\nak=$key->{access}\nsk=$key->{secret}\nsecurity_token=$key->{securitytoken}\n");
$session->query('SELECT hwbss_fdw_forget()');
is($session->query($BSS), 36, 'a temporary key in a file');
$sim->clock(3660);
$sim->clear_log;
$session->query($BSS);
refused('that has expired', '28000', qr/token expires|signature expired/, undef);
profile("[global]\nak=$TEMPORARY_AK\nsk=$TEMPORARY_SK\nsecurity_token=$SECURITY_TOKEN\n");
is($session->query($BSS), 36, 'is replaced by what the file says now');
$sim->clock(0);

# Where the SDKs look.
server({ credential_source => 'profile' });
$session->query($BSS);
refused('no file at home', '28000', qr{could not open file "\Q$home\E/\.huaweicloud/credentials"});
mkdir "$home/.huaweicloud";
profile("[global]\nak=$AK\nsk=$SK\n", "$home/.huaweicloud/credentials");
is($session->query($BSS), 36, 'a file at home');
my $other = profile("[global]\nak=$CUSTOMER_AK\nsk=$CUSTOMER_SK\n", "$home/other");
restart(HUAWEICLOUD_SDK_CREDENTIALS_FILE => $other);
is($session->query($BSS), 36, 'a file that the environment names');
is(($sim->log)[-1]{account}, 'customer', 'comes first');

# ---- the metadata service ----------------------------------------------------

server({ credential_source => 'metadata' });
metadata('metadata=2');
is($session->query($BSS), 36, 'keys of the metadata service');
is(asked(), 'token key bss', 'a token, the key, the request');
my ($token, $got, $bss) = $sim->log;
is("$token->{method} $token->{path}", 'PUT /meta-data/latest/api/token', 'the token');
is($token->{headers}{'x-metadata-token-ttl-seconds'}, 21600, 'for six hours');
is("$got->{method} $got->{path}", 'GET /openstack/latest/securitykey', 'the key');
like($got->{headers}{'x-metadata-token'}, qr/^simMetadataToken-/, 'with the token');
ok(!exists $got->{headers}{$_}, "without $_") for qw(authorization x-auth-token);
is($bss->{account}, 'temporary', 'the request is signed with it');
like($bss->{headers}{'x-security-token'}, qr/^simSecurityToken-0/, 'and sends its security token');
is($session->query($HSS) > 0, 1, 'another service');
is(asked(), 'token key bss hss', 'with the same key');

# Fewer than 40 minutes of an hour are left after 20.
$sim->clear_log;
$sim->clock(900);
$session->query($BSS) for 1 .. 3;
my $refused = () = asked() =~ /token/g;
is($refused, 0, 'after 15 minutes it goes on');
$sim->clear_log;
$sim->clock(1300);
$session->query($BSS) for 1 .. 3;
is(asked() =~ s/^(?:bss )+//r, 'token key bss bss', 'after more than 20 it is renewed, once');
$sim->clear_log;
$sim->clock(86400);
is($session->query($BSS), 36, 'the next day');
like(asked(), qr/token key bss$/, 'it is renewed at once');
$sim->clear_log;
is($session->query($BSS), 36, 'and');
is(asked(), 'bss', 'kept');
$sim->clock(0);

for ([ 'metadata=1', 'token key bss' ], [ 'metadata=stale', 'token key token key bss' ],
	[ 'fail_on=meta-data;fail=503x1', 'token key' ])
{
	metadata($_->[0]);
	$sim->clear_log;
	$session->query($BSS);
	is(asked(), $_->[1], $_->[0]);
}
ok(!exists +($sim->log)[1]{headers}{'x-metadata-token'}, 'version 1 knows no token');
refused('a token that is demanded', '28000', qr/^The metadata service answered HTTP 401: Unauthorized\./);

for (
	[ 'metadata=none', '28000', qr/^The metadata service answered HTTP 404, 404: Not found\./, qr/machines of the cloud only/ ],
	[ 'metadata=noagency', '28000', qr/HTTP 401: no agency: configure an agency/, qr/agency/ ],
	[ 'metadata=1;fail_on=securitykey;fail=500', 'HV00M', qr/HTTP 500/, qr/^Try again later/ ],
	[ 'metadata=1;fail_on=securitykey;fail=truncate', 'HV00N', qr/^The metadata service answered HTTP 200/, qr/agency/ ],
	[ 'fail_on=meta-data;fail=500', 'HV00M', qr/HTTP 500/, qr/^Try again later/ ],
	[ 'fail_on=meta-data;fail=redirect', 'HV00M', qr/^The metadata service answered HTTP 302\. Request ID/, qr/agency/ ])
{
	metadata($_->[0]);
	$sim->clear_log;
	$session->query($BSS);
	refused(@$_);
	unlike(asked(), qr/bss/, "$_->[0]: nothing is sent unsigned");
}
metadata('metadata=1;key_life=0');
$session->query($BSS);
refused('keys that are old already', 'HV00M', qr/had expired before they came/);

# Our clock is two hours ahead, and no reply says so: keys for an hour seem to
# be old when they come.
server({ credential_source => 'metadata' }, 'date=0');
$sim->clock(-7200);
metadata('metadata=1;date=0');
$sim->clear_log;
$session->query("SET statement_timeout = '10s'");
is($session->query($BSS), 36, 'keys that only seem to be old') or diag($session->stderr);
cmp_ok(scalar $sim->log, '<=', 4, 'are asked for once');
is($session->query($BSS), 36, 'and used on');
is((asked() =~ s/.* key/key/r), 'key bss bss bss', 'until they are refused');
$session->query('RESET statement_timeout');
$sim->clock(0);
$session->query("SELECT hwbss_fdw_forget(); SET hwbss_fdw.metadata_endpoint = 'http://127.0.0.1:1'");
$session->query($BSS);
refused('no metadata service', 'HV00N', qr/^The metadata service gave no answer: /, qr/machines of the cloud only/);
metadata('fail_on=iam;hang=before_headers');
$sim->clear_log;
$session->send($BSS);
is($sim->wait_requests(1), 1, 'it hangs');
kill 'INT', $session->pid;
$session->finish;
is($session->state, '57014', 'and is cancelled');

# Its keys rest, too, when they are refused.
server({ credential_source => 'metadata' },
	'fail=0301;fail_text=verify%20aksk%20signature%20fail');
metadata('metadata=1');
$sim->clear_log;
$session->query($BSS) for 1 .. 3;
refused('a refused key', '28000', qr/verify aksk/, qr/five minutes/);
is(asked(), 'token key bss token key', 'is asked for anew once, and not tried if it is the same');

# ---- the chain ---------------------------------------------------------------

restart();
server({ credential_source => 'chain' });
metadata('metadata=1');
unlink "$home/.huaweicloud/credentials";
is($session->query($BSS), 36, 'a chain');
is(asked(), 'token key bss', 'ends at the metadata service');
profile("[basic]\nak=$AK\nsk=$SK\n", "$home/.huaweicloud/credentials");
$session->query('SELECT hwbss_fdw_forget()');
$sim->clear_log;
is($session->query($HSS) > 0, 1, 'before it');
is(asked(), 'hss', 'the file');
is(($sim->log)[-1]{account}, 'everything', 'has its say');
is($session->query($BSS), 36, 'where the file has no section');
is(asked(), 'hss token key bss', 'it goes on');
metadata('metadata=none');
$session->query($BSS);
refused('nothing anywhere', '28000',
	qr{^No credentials were found: environment: HUAWEICLOUD_SDK_AK is not set; profile: file "\Q$home\E/\.huaweicloud/credentials" has no section \[global\]; metadata: HTTP 404, Not found\.$},
	qr/credential_source/);
restart(HUAWEICLOUD_SDK_AK => $CUSTOMER_AK, HUAWEICLOUD_SDK_SK => $CUSTOMER_SK);
$sim->clear_log;
is($session->query($HSS) > 0, 1, 'first of all');
is(($sim->log)[-1]{account}, 'customer', 'the environment');
is(asked(), 'hss', 'without a question');

# ---- the README's recipes ----------------------------------------------------

my $readme = slurp_file("$ENV{TESTDIR}/README.md");
my %value = ('ACCESS-KEY' => $AK, 'SECRET-KEY' => $SK,
	'TEMPORARY-ACCESS-KEY' => $TEMPORARY_AK, 'TEMPORARY-SECRET-KEY' => $TEMPORARY_SK,
	'SECURITY-TOKEN' => $SECURITY_TOKEN, 'IAM-USER' => 'sim-user',
	'PASSWORD' => 'sim-Password/1', 'ACCOUNT' => 'sim-account',
	'TOKEN' => 'simTokenDomain-everything-0123456789abcdef',
	'/etc/postgresql/huawei.ini' => profile("[global]\nak=$AK\nsk=$SK\n[basic]\nak=$AK\nsk=$SK\n"));
my @recipes = $readme =~ /<!-- recipe ([a-z ]+) -->\n```sql\n(.*?)```/gs;
is(scalar @recipes / 2, 8, 'recipes in the README');
metadata('metadata=2');
while (my ($name, $sql) = splice @recipes, 0, 2)
{
	server({});
	$session->query("DROP USER MAPPING FOR CURRENT_USER SERVER s$n");
	$sql =~ s/SERVER huawei/SERVER s$n/;
	$sql =~ s/'\Q$_\E'/'$value{$_}'/g for keys %value;
	$session->query($sql);
	is($session->stderr, '', "recipe $name");
	is($session->query($BSS), 36, "recipe $name: BSS") or diag $session->stderr;
	$session->query("ALTER USER MAPPING FOR CURRENT_USER SERVER s$n OPTIONS (SET token 'simTokenProject-everything-0123456789abcdef')")
	  if $name eq 'token';
	cmp_ok($session->query($HSS) || 0, '>', 0, "recipe $name: HSS") or diag $session->stderr;
}

$session->quit;
$node->stop;
unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC|TRAP/,
	'nothing crashed');
done_testing();
