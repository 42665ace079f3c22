# Pages travel while the rows before them are handed out.

use strict;
use warnings;

use HwBss;
use Test::More;

my $HOSTS = "FROM hss_quotas WHERE category = 'host_resource'";

my $sim = HwBss->new;
my $node = HwBss::node('ahead');
$sim->connect_node($node, case => { quotas => 2000, id => 'ahead' },
	options => { page_size => 100, prefetch => 4 });
my $session = HwBss::session($node);

# A reader that stops at the first row waits for nothing, so that nothing but
# that row's arrival can have sent the others.
$session->query("BEGIN; DECLARE c CURSOR FOR SELECT resource_id $HOSTS");
is(scalar(split /\n/, $session->query('FETCH 1 FROM c')), 1, 'one row');
is($sim->wait_requests(5), 5, 'the next four pages were asked for');
is_deeply([ sort { $a <=> $b }
		map { { map { @$_ } @{ $_->{query} } }->{offset} } $sim->log ],
	[ 0, 100, 200, 300, 400 ], 'and no others');
is(scalar(split /\n/, $session->query('FETCH ALL FROM c')), 1199,
	'all rows come in the end');
is($session->stderr, '', 'without a word');
$session->query('COMMIT');

# Who wants no pages ahead gets none.
$session->query('ALTER SERVER huawei OPTIONS (SET prefetch \'1\')');
$sim->clear_log;
$session->query("BEGIN; DECLARE c CURSOR FOR SELECT resource_id $HOSTS");
$session->query('FETCH 100 FROM c');
is(scalar $sim->log, 1, 'prefetch 1: one page at a time');
$session->query('COMMIT');

# Nor does a query that stops early pay for more than it reads.
$session->query('ALTER SERVER huawei OPTIONS (SET prefetch \'4\')');
$sim->clear_log;
is(scalar(split /\n/, $session->query("SELECT resource_id $HOSTS LIMIT 5")), 5,
	'LIMIT 5');
is(scalar $sim->log, 1, 'is one request');

$session->quit;
$node->stop;
$sim->stop;
done_testing();
