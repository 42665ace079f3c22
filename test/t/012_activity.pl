# hwbss_fdw_activity: what a second session sees of a long scan.

use strict;
use warnings;

use HwBss;
use Test::More;

my $sim = HwBss->new;
my $node = HwBss::node('activity');
$sim->connect_node($node, server => 'slow', schema => 'slow',
	case => { quotas => 400, delay => 100 }, options => { page_size => 10, prefetch => 1 });
$sim->connect_node($node, server => 'throttled', schema => 'throttled',
	case => { fail => '429', retry_after => 60 });
$sim->connect_node($node, server => 'silent', schema => 'silent',
	case => { hang => 'before_headers' });
$node->safe_psql('postgres', 'CREATE ROLE stranger LOGIN; CREATE ROLE watcher LOGIN IN ROLE pg_read_all_stats');
my $reader = HwBss::session($node);
my $watcher = HwBss::session($node);
my $pid = $reader->pid;

# The view's row, as soon as it fulfils a condition; '' if it never does.
sub activity
{
	my ($columns, $condition) = @_;
	my $row = '';
	HwBss::wait_until(sub {
			$row = $watcher->query("SELECT $columns FROM hwbss_fdw_activity WHERE pid = $pid AND ($condition)");
			$row ne '' });
	return $row;
}

sub is_gone
{
	my ($what) = @_;
	is($watcher->query("SELECT count(*) FROM hwbss_fdw_activity WHERE pid = $pid"), 0, "$what: nothing is left");
	return;
}

is_gone('before a scan');

# ---- reading ----------------------------------------------------------------

my $sql = "SELECT count(*) FROM slow.hss_quotas WHERE category = 'host_resource'";
$reader->send($sql);
like(activity(q{relation || ' ' || pages_expected || ' ' || (rows = 10 * pages) || ' ' || (requests >= pages)},
		"pages BETWEEN 2 AND 20 AND waiting_for = 'reply'"),
	qr/^slow\.hss_quotas 25 true true$/, 'table, pages, rows and requests');
is($watcher->query("SELECT waiting_for, http_status, retry_at, since <= now() FROM hwbss_fdw_activity WHERE pid = $pid"),
	'reply|||t', 'and what it waits for');
like($watcher->query(q{SELECT string_agg(relation::text, '') FROM hwbss_fdw_activity()}), qr/slow\.hss_quotas/,
	'the function says the same');
is($node->safe_psql('postgres', 'SELECT count(*) FROM hwbss_fdw_activity', extra_params => [ '-U', $_->[0] ]),
	$_->[1], "$_->[0] sees $_->[1]")
  for [ 'stranger', 0 ], [ 'watcher', 1 ];
is($watcher->query('SELECT (SELECT count(*) FROM pg_stat_progress_copy) + (SELECT count(*) FROM pg_stat_progress_analyze)'), 0,
	"the server's views of progress show nothing");
is($reader->finish, 240, 'the scan is not disturbed');
is_gone('after it');

# ---- throttled, silent ------------------------------------------------------

$reader->send('SELECT * FROM throttled.bss_package_usages');
is(activity(q{relation || ' ' || http_status || ' ' || (retry_at - now() BETWEEN '30s' AND '61s')}, "waiting_for = 'retry'"),
	'throttled.bss_package_usages 429 true', 'a wait before a retry: why, and until when');
$watcher->query("SELECT pg_cancel_backend($pid)");
$reader->finish;
is($reader->state, '57014', 'is cancelled');
is_gone('after a cancelled one');
$reader->send('SELECT * FROM silent.bss_package_usages');
is(activity("waiting_for || ' ' || pages || ' ' || coalesce(pages_expected, -1)", "waiting_for IS NOT NULL"), 'reply 0 -1',
	'before the first page nothing is expected');
$watcher->query("SELECT pg_cancel_backend($pid)");
$reader->finish;

# ---- cursors, several scans, commands with a progress of their own ----------

$reader->query("BEGIN; DECLARE c CURSOR FOR SELECT * FROM slow.hss_quotas WHERE category = 'host_resource'; FETCH 15 FROM c");
is(activity("pages || ' ' || coalesce(waiting_for, 'nothing')", 'true'), '2 nothing', 'an open cursor waits for nothing');
$reader->query('SELECT count(*) FROM slow.bss_package_usages');
is_gone('after another scan');
$reader->query('FETCH 15 FROM c');
is(activity('pages', 'true'), '3', 'the cursor shows itself again');
$reader->query('SAVEPOINT s; SELECT 1/0; ROLLBACK TO s; COMMIT');
is($reader->query('SELECT 1'), 1, 'goes on');
is_gone('after the transaction');

$reader->send("COPY (SELECT resource_id FROM slow.hss_quotas WHERE category = 'host_resource') TO '/dev/null'");
ok(HwBss::wait_until(sub {
			$watcher->query("SELECT count(*) FROM pg_stat_progress_copy WHERE pid = $pid AND tuples_processed > 20") eq '1' }),
	'COPY shows its own progress');
is($watcher->query("SELECT count(*) FROM hwbss_fdw_activity WHERE pid = $pid"), 0, 'which the scan leaves alone');
$reader->finish;
is($reader->stderr, '', 'COPY ends well');

# ---- several branches -------------------------------------------------------

$reader->send('SELECT * FROM slow.bss_package_usages UNION ALL SELECT * FROM silent.bss_package_usages');
is(activity("relation || ' ' || waiting_for", "relation = 'silent.bss_package_usages'::regclass AND waiting_for = 'reply'"),
	'silent.bss_package_usages reply', 'of scans side by side, one that waits');
$watcher->query("SELECT pg_terminate_backend($pid)");
$reader->finish;
ok(HwBss::wait_until(sub { !$reader->is_alive }), 'the backend ends');
is_gone('after it');

done_testing();
