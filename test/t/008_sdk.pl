# An independent client: the core of the official SDK for Node.  It signs
# requests that the simulator accepts, and of ours it makes the same signatures.
#
# test/node/install puts it into build/node; without it this is skipped.

use strict;
use warnings;

use HwBss;
use JSON::PP ();
use Test::More;

my $place = "$ENV{HWBSS_CHECKOUT}/build/node";
my $result = -r "$place/result" ? do { local (@ARGV, $/) = "$place/result"; <> } : 'not installed';
chomp $result;
plan skip_all => "the official SDK is not there: $result"
  unless $result eq 'installed' && -r "$place/node_modules";

my $json = JSON::PP->new->utf8->canonical;
my ($AK, $SK) = @{ $HwBss::ACCOUNT{everything} };
my ($TEMPORARY_AK, $TEMPORARY_SK) =
  ('SIMAK0TEMPORARY00000', 'simSkTemporary/+0123456789abcdefghijklmno');
my %secret = ($AK => $SK, $TEMPORARY_AK => $TEMPORARY_SK);
my $DOMAIN = 'd0a1b2c3d4e5f60718293a4b5c6d7e8f';
my $QUOTAS = "/v5/$HwBss::PROJECT/billing/quotas-detail";
my $sim = HwBss->new;

sub sdk
{
	my ($what, $input) = @_;
	local $ENV{NODE_PATH} = "$place/node_modules";
	open my $pipe, '-|', 'timeout', '60', 'node',
	  "$ENV{TESTDIR}/test/node/sdk.js", $what, $json->encode($input)
	  or die "node: $!";
	local $/;
	my $output = <$pipe>;
	close $pipe;

	# The SDK writes a log before.
	return $json->decode((split /\n/, $output)[-1]);
}

# ---- its requests, our simulator ---------------------------------------------

my %hss = (project_id => $HwBss::PROJECT, method => 'GET', path => $QUOTAS);
for (
	[ 'HSS', 200, { %hss, query => { limit => '10', offset => '0', category => 'host_resource' } } ],
	[ 'HSS, odd values', 200, { %hss, query => { host_name => 'a b*c/%~+é', enterprise_project_id => 'all_granted_eps' } } ],
	[ 'BSS', 200, { domain_id => $DOMAIN, method => 'POST',
			path => '/v2/payments/free-resources/usages/query', body => {} } ],
	[ 'BSS, one row', 200, { domain_id => $DOMAIN, method => 'GET',
			path => '/v2/accounts/customer-accounts/expenditure-quota' } ],
	[ 'a temporary key', 200, { %hss, ak => $TEMPORARY_AK, sk => $TEMPORARY_SK,
			security_token => 'simSecurityToken-0123456789abcdef' } ],
	[ 'projects', 200, { domain_id => $DOMAIN, method => 'GET', path => '/v3/projects',
			query => { name => 'ap-southeast-1' } } ],
	[ 'a wrong key', 401, { %hss, sk => 'wrong' } ])
{
	my ($what, $status, $call) = @$_;
	my $reply = sdk(call => { endpoint => $sim->url, ak => $AK, sk => $SK, %$call });
	my ($entry) = reverse $sim->log;
	is($entry->{status}, $status, "$what: the simulator's verdict") or diag explain $entry, $reply;
	is($reply->{status}, $status, "$what: reaches the SDK");
	like($entry->{user_agent}, qr/huaweicloud|node/i, "$what: as itself");
}

# ---- our requests, its signatures --------------------------------------------

my $node = HwBss::node('sdk');
my $session = HwBss::session($node);
$sim->clear_log;
$sim->connect_node($node, options => { domain_id => $DOMAIN, language => 'zh_CN' });
$session->query($_) for 'SELECT count(*) FROM hss_quotas',
  'SELECT count(*) FROM bss_package_usages', 'SELECT * FROM bss_expenditure_quota',
  q{SELECT * FROM hss_quotas WHERE host_name = 'a b~c/é+"' AND version = 'hss.version.wtp'};
$sim->connect_node($node, server => 'temporary', schema => 'temporary', mapping_options => {
	access_key => $TEMPORARY_AK, secret_key => $TEMPORARY_SK,
	security_token => 'simSecurityToken-0123456789abcdef' });
$session->query('SELECT count(*) FROM temporary.hss_quotas');
my @log = grep { $_->{auth} && $_->{auth} eq 'signature' } $sim->log;
cmp_ok(scalar @log, '>=', 7, scalar @log . ' requests of ours');

my (@asked, @ours);
for my $entry (@log)
{
	my $headers = $entry->{headers};
	my ($names) = $headers->{authorization} =~ /SignedHeaders=([^,]*)/;
	my %signed = map { ($_ eq 'x-sdk-date' ? 'X-Sdk-Date' : $_) => $headers->{$_} }
	  grep { $_ ne 'host' } split /;/, $names;
	push @ours, $headers->{authorization};
	push @asked, {
		ak => $entry->{ak}, sk => $secret{ $entry->{ak} },
		method => $entry->{method}, headers => \%signed,
		url => "http://$headers->{host}$entry->{path}",
		query => { map { @$_ } @{ $entry->{query} } },
		($entry->{body} ne '' ? (body => $json->decode($entry->{body})) : ()) };
}
my $theirs = sdk(sign => \@asked);
for my $i (0 .. $#ours)
{
	is($theirs->[$i], $ours[$i], "$asked[$i]{method} $asked[$i]{url}: the same signature");
}

# One bit more or less, and it is another one.
$asked[0]{query}{limit} .= '0';
isnt(sdk(sign => [ $asked[0] ])->[0], $ours[0], 'another query, another signature');

$session->quit;
$node->stop;
done_testing();
