# What is dropped is gone from the backend's memory: tokens, temporary keys,
# and the copies of them that the HTTP library had in its buffers.
#
# Options of user mappings stay in PostgreSQL's own caches: they are not looked
# for.

use strict;
use warnings;

use HwBss;
use Test::More;

my $sim = HwBss->new(tls => 1);
my $node = HwBss::node('memory',
	"hwbss_fdw.metadata_endpoint = '" . $sim->url('metadata=2') . "'");
my $session = HwBss::session($node);
my $admin = HwBss::session($node);

# Whether bytes of the backend's own memory are these; undef if nobody may look.
sub holds
{
	my (@words) = @_;
	my ($pid, %found) = ($session->pid);

	open my $maps, '<', "/proc/$pid/maps" or return;
	open my $memory, '<:raw', "/proc/$pid/mem" or return;
	while (my $line = readline $maps)
	{
		my ($from, $to) = $line =~ /^([0-9a-f]+)-([0-9a-f]+) rw/ or next;
		my $bytes = '';

		sysseek $memory, hex $from, 0 or next;
		sysread $memory, $bytes, hex($to) - hex $from;
		$found{$_}++ for grep { index($bytes, $_) >= 0 } @words;
	}
	return [ sort keys %found ];
}

sub server
{
	my ($name, $endpoint, %mapping) = @_;

	$admin->query("CREATE SCHEMA $name; CREATE SERVER $name FOREIGN DATA WRAPPER hwbss_fdw "
		  . HwBss::options(endpoint => $endpoint, region => 'ap-southeast-1',
			project_id => $HwBss::PROJECT, retry_budget => '0',
			$endpoint =~ /^https/ ? (ca_file => $sim->certificate)
			: (allow_insecure => 'true'))
		  . "; CREATE USER MAPPING FOR CURRENT_USER SERVER $name " . HwBss::options(%mapping)
		  . "; IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER $name INTO $name");
	BAIL_OUT($admin->stderr) if $admin->stderr;
	$session->query("SET search_path = $name, public");
	return;
}

# What requests since the log was cleared carried.
sub carried
{
	my %carried;
	for my $request ($sim->log)
	{
		my $headers = $request->{headers};
		$carried{$_}++ for grep { defined } @$headers{qw(x-auth-token
			x-security-token x-metadata-token)};
	}
	return sort keys %carried;
}

$admin->query('CREATE EXTENSION hwbss_fdw');
$session->query("SELECT 'bytes that can be found'");
plan skip_all => 'the memory of another process cannot be read here'
  unless @{ holds('bytes that can be found') || [] };

my %user = (user_name => 'sim-user', password => 'sim-Password/1',
	domain_name => 'sim-account');
for ([ 'plain', $sim->url, %user ], [ 'tls', $sim->tls_url, %user ],
	[ 'metadata', $sim->tls_url, credential_source => 'metadata' ])
{
	my ($name, $endpoint, %mapping) = @$_;

	server($name, $endpoint, %mapping);
	$sim->clear_log;
	is($session->query('SELECT count(*) FROM bss_package_usages'), 36, "$name: BSS")
	  or diag $session->stderr;
	is($session->query('SELECT count(*) FROM hss_quotas'), 100, "$name: HSS");
	my @secrets = carried();
	cmp_ok(scalar @secrets, '>=', 2, "$name: @{[ scalar @secrets ]} secrets were sent");
	isnt(scalar @{ holds(@secrets) }, 0, "$name: some of which are kept");
	$session->query('SELECT hwbss_fdw_forget()');
	is_deeply(holds(@secrets), [], "$name: until they are dropped");
	$session->query('SELECT count(*) FROM hss_quotas');
	is($session->stderr, '', "$name: the session goes on");
}

$_->quit for $session, $admin;
$node->stop;
done_testing();
