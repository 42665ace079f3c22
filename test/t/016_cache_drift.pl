# cache_ttl and a list that changes: pages of different ages are not mixed for
# longer than it takes to find out.

use strict;
use warnings;

use HwBss;
use Test::More;

my $sim = HwBss->new;
my $node = HwBss::node('cache');
$sim->connect_node($node, options => { cache_ttl => '1h', prefetch => 1 });
my $session = HwBss::session($node);
my $LIST = q{SELECT resource_id FROM hss_quotas WHERE category = 'host_resource'};
my $COUNT = "SELECT count(*) FROM ($LIST) q";

# The first page only, before the list changes.
sub read_first_page
{
	$session->query("BEGIN; DECLARE c CURSOR FOR $LIST; MOVE 10 FROM c; COMMIT");
	return;
}

$sim->set({ quotas => 1000 });
read_first_page();
$sim->set({ quotas => 1010 });
$session->query($COUNT);
is($session->state, '40001', 'a page from before the change and one from after: an error');
like($session->error->{hint}, qr/^Run the query again/, 'that wants to be tried again');
is($session->query($COUNT), 606, 'and is gone then');

$session->query("ALTER SERVER huawei OPTIONS (ADD on_drift 'warning')");
read_first_page();
$sim->set({ quotas => 1020 });
is($session->query($COUNT), 612, 'only a warning');
like($session->stderr, qr/changed while it was read/, 'is given');
$sim->clear_log;
is($session->query($COUNT), 612, 'once');
is($session->stderr, '', 'and not again');
is(scalar $sim->log, 4, 'for the pages from before are not used again');
$sim->clear_log;
is($session->query($COUNT), 612, 'those from after are');
is(scalar $sim->log, 0, 'as long as they may');
done_testing();
