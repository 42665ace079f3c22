# What goes over the wire: headers, bodies, connections.

use strict;
use warnings;

use HwBss;
use Test::More;

my $DOMAIN = 'd0a1b2c3d4e5f60718293a4b5c6d7e8f';
my $TOKEN = 'simTokenProject-everything-0123456789abcdef';
my $DOMAIN_TOKEN = 'simTokenDomain-everything-0123456789abcdef';
my $SECURITY_TOKEN = 'simSecurityToken-0123456789abcdef';

# Each API: a query, a part of its path, and what its requests say.
my %API = (
	quotas => {
		sql => 'SELECT count(*) FROM hss_quotas',
		path => 'quotas-detail', method => 'GET', hss => 1 },
	statistics => {
		sql => 'SELECT count(*) FROM hss_quota_statistics',
		path => 'billing/quotas', method => 'GET', hss => 1 },
	consumption => {
		sql => 'SELECT count(*) FROM bss_consumption_quota',
		path => 'consumption-quota', method => 'GET' },
	expenditure => {
		sql => 'SELECT count(*) FROM bss_expenditure_quota',
		path => 'expenditure-quota', method => 'GET' },
	packages => {
		sql => 'SELECT count(*) FROM bss_package_usages',
		path => 'usages/query', method => 'POST' });

my $sim = HwBss->new;
my $node = HwBss::node('requests');
my %as = (
	signed => {},
	domain => { options => { domain_id => $DOMAIN } },
	zh => { options => { domain_id => $DOMAIN, language => 'zh_CN' } },
	token => { mapping_options => { token => $TOKEN } },
	domain_token => {
		mapping_options => { token => $DOMAIN_TOKEN },
		options => { domain_id => $DOMAIN } },
	temporary => {
		mapping_options => {
			access_key => 'SIMAK0TEMPORARY00000',
			secret_key => 'simSkTemporary/+0123456789abcdefghijklmno',
			security_token => $SECURITY_TOKEN } });
$sim->connect_node($node, server => $_, schema => $_, %{ $as{$_} })
  for sort keys %as;

# The requests of a query, after a check that it went well.
sub requests_of
{
	my ($schema, $name) = @_;
	$sim->clear_log;
	my $count = $node->safe_psql('postgres',
		"SET search_path = $schema, public; $API{$name}{sql}");
	cmp_ok($count, '>', 0, "$schema: $name has rows");
	my @log = $sim->log;
	is(scalar(grep { ($_->{status} || 0) != 200 } @log), 0,
		"$schema: $name: every request was accepted");
	is(scalar(grep { $_->{path} !~ /\Q$API{$name}{path}\E/ } @log), 0,
		"$schema: $name: no other API was asked");
	return @log;
}

sub headers_are
{
	my ($entry, $name, %want) = @_;
	for my $header (sort keys %want)
	{
		my $value = $entry->{headers}{$header};
		if (ref $want{$header})
		{
			like($value, $want{$header}, "$name: $header");
		}
		else
		{
			is($value, $want{$header}, "$name: "
				  . (defined $want{$header} ? $header : "no $header"));
		}
	}
	return;
}

sub signed_names
{
	my ($entry) = @_;
	return $entry->{headers}{authorization} =~ /SignedHeaders=([^,]+),/
	  ? $1 : '';
}

# ---- signature -------------------------------------------------------------

for my $name (sort keys %API)
{
	my $api = $API{$name};
	my @log = requests_of('domain', $name);
	for my $entry (@log)
	{
		is($entry->{method}, $api->{method}, "$name: method");
		headers_are($entry, $name,
			'x-sdk-date' => qr/^\d{8}T\d{6}Z$/,
			authorization => qr/^SDK-HMAC-SHA256 Access=$HwBss::ACCOUNT{everything}[0], SignedHeaders=[a-z;-]+, Signature=[0-9a-f]{64}$/,
			host => '127.0.0.1:' . $sim->port,
			'content-type' => 'application/json',
			'accept-encoding' => 'gzip',
			'user-agent' => 'hwbss_fdw',
			'x-auth-token' => undef,
			'x-security-token' => undef,
			'expect' => undef,
			'cookie' => undef,
			'transfer-encoding' => undef,
			'x-project-id' => $api->{hss} ? $HwBss::PROJECT : undef,
			'region' => $api->{hss} ? 'ap-southeast-1' : undef,
			'x-domain-id' => $api->{hss} ? undef : $DOMAIN,
			'x-language' => $name eq 'packages' ? 'en_US' : undef,
			'content-length' => $api->{method} eq 'POST' ? '0' : undef);
		is($entry->{body}, '', "$name: no body");
		is(signed_names($entry), join(';', sort
				$api->{hss} ? qw(host region x-project-id x-sdk-date)
				: $name eq 'packages'
				  ? qw(host x-domain-id x-language x-sdk-date)
				: qw(host x-domain-id x-sdk-date)),
			"$name: what is signed");
	}
}

for my $name (qw(consumption expenditure packages))
{
	my ($entry) = requests_of('signed', $name);
	headers_are($entry, "$name without domain_id", 'x-domain-id' => undef,
		'x-project-id' => undef);
}
headers_are((requests_of('zh', 'packages'))[0], 'zh_CN',
	'x-language' => 'zh_CN');

# ---- temporary key ---------------------------------------------------------

for my $name (sort keys %API)
{
	for my $entry (requests_of('temporary', $name))
	{
		headers_are($entry, "temporary key, $name",
			'x-security-token' => $SECURITY_TOKEN,
			'authorization' => qr/Access=SIMAK0TEMPORARY00000, /,
			'x-auth-token' => undef);
		like(signed_names($entry), qr/(?:^|;)x-security-token(?:;|$)/,
			"temporary key, $name: the security token is signed");
	}
}

# ---- token -----------------------------------------------------------------

for my $name (sort keys %API)
{
	my ($schema, $token) = $API{$name}{hss} ? ('token', $TOKEN)
	  : ('domain_token', $DOMAIN_TOKEN);
	headers_are($_, "token, $name",
		'x-auth-token' => $token,
		'authorization' => undef,
		'x-sdk-date' => undef,
		'x-security-token' => undef,
		'x-domain-id' => undef)
	  for requests_of($schema, $name);
}
$sim->clear_log;
is($sim->stats->{bugs}, 0, 'the simulator knew every setting');

# ---- pages -----------------------------------------------------------------

$sim->set({ quotas => 450 });
my @pages = requests_of('signed', 'quotas');
is(scalar @pages, 3, '450 quotas of two categories: three pages');
my %asked;
for my $entry (@pages)
{
	my %query = map { @$_ } @{ $entry->{query} };
	is($query{limit}, 200, '200 rows a page');
	is($query{enterprise_project_id}, 'all_granted_eps',
		'all enterprise projects');
	$asked{"$query{category} $query{offset}"}++;
}
is_deeply(\%asked,
	{
		'host_resource 0' => 1,
		'host_resource 200' => 1,
		'container_resource 0' => 1 },
	'each page once');

# ---- connections -----------------------------------------------------------

# All queries of a backend are on few connections, one when one after another.
my $session = HwBss::session($node);
$sim->clear_log;
$session->query("SET search_path = signed, public");
for my $name (qw(packages consumption expenditure packages consumption))
{
	cmp_ok($session->query($API{$name}{sql}), '>', 0, "kept: $name");
}
my %connections = map { $_->{connection} => 1 } $sim->log;
is(scalar $sim->log, 5, 'five queries, five requests');
is(scalar keys %connections, 1, 'keep-alive: on one connection');

my @before = $session->sockets;
$session->query($API{packages}{sql}) for 1 .. 20;
is_deeply([ $session->sockets ], \@before, 'and no descriptor is added');
is($session->query('SELECT server_name, role_name, requests, retries FROM hwbss_fdw_stats()'),
	'signed|' . $session->query('SELECT current_user') . '|25|0',
	'one session of 25 requests');

# Two mappings are two sessions, with connections of their own.
$sim->clear_log;
$session->query("SET search_path = domain, public; $API{packages}{sql}");
my ($other) = $sim->log;
ok(!$connections{ $other->{connection} },
	'another mapping has its own connection');
is($session->query('SELECT count(*) FROM hwbss_fdw_stats()'), 2,
	'two sessions');

# A connection that the service closes is opened again.
$sim->set({ close => 1 });
$sim->clear_log;
is($session->query($API{packages}{sql}), 36, 'closing after each reply')
  for 1 .. 3;
is($session->stderr, '', 'without errors');
is(scalar $sim->log, 3, 'three requests');
$sim->set({ close => undef });
$session->quit;
ok(HwBss::wait_until(sub { $sim->stats->{open_connections} <= 1 }),
	'a backend that ends closes its connections');

# ---- gzip ------------------------------------------------------------------

my $sql = "SET search_path = signed, public; SELECT md5(string_agg(q::text, '|' ORDER BY resource_id)) FROM hss_quotas q";
my $bytes = sub {
	my ($answer, $stats) = split /\n/, $node->safe_psql('postgres',
		"$sql; SELECT bytes FROM hwbss_fdw_stats()");
	return ($answer, $stats);
};
$sim->clear_log;
my ($plain, $plain_bytes) = $bytes->();
my $plain_sent = 0;
$plain_sent += $_->{sent} for $sim->log;
cmp_ok($plain_bytes, '>=', $plain_sent, 'every byte is counted');
$sim->set({ gzip => 1 });
$sim->clear_log;
my ($packed, $packed_bytes) = $bytes->();
is($packed, $plain, 'gzip: the same rows');
cmp_ok($packed_bytes, '<', $plain_bytes / 2,
	"gzip: $packed_bytes bytes on the wire instead of $plain_bytes");
$sim->set({ gzip => undef, chunked => 1 });
is(($bytes->())[0], $plain, 'chunked: the same rows');
$sim->set({ gzip => 1 });
is(($bytes->())[0], $plain, 'chunked and gzip: the same rows');

# ---- nothing is asked without need -----------------------------------------

$sim->clear_log;
$node->safe_psql('postgres', q{
	SET search_path = signed, public;
	EXPLAIN SELECT * FROM hss_quotas;
	PREPARE p AS SELECT * FROM hss_quotas;
	EXPLAIN EXECUTE p;
	SELECT * FROM hss_quotas WHERE false;
	SELECT * FROM hss_quotas WHERE used_status = 'idle' AND used_status = 'used';
	SELECT * FROM hss_quotas WHERE resource_id = NULL;
	SELECT * FROM hss_quotas LIMIT 0;
	SELECT * FROM hwbss_fdw_options(), hwbss_fdw_tables(), hwbss_fdw_columns();
});
is(scalar $sim->log, 0, 'planning, EXPLAIN and hopeless queries ask nothing');

$node->stop;
done_testing();
