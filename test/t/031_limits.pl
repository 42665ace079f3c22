# Memory: a scan holds its window of pages, not the list; what is refused for
# its size is not taken in first; what is kept has a limit.

use strict;
use warnings;

use HwBss;
use PostgreSQL::Test::Utils;
use Test::More;

my $sim = HwBss->new;
my $node = HwBss::node('limits', "work_mem = '1MB'");
$sim->connect_node($node, options => { max_response_size => '1MB' });
my $session = HwBss::session($node);

# Most memory that the backend has had at a time, in kB.
sub peak
{
	return slurp_file('/proc/' . $session->pid . '/status') =~ /^VmHWM:\s*(\d+) kB/m ? $1 : 0;
}

# Rows, kB that a query adds to the peak, bytes that it received, SQLSTATE.
sub cost
{
	my ($sql) = @_;
	my $bytes = 'SELECT coalesce(sum(bytes), 0) FROM hwbss_fdw_stats()';
	my $before = $session->query($bytes);
	my $peak = peak();
	my $rows = $session->query($sql);
	my $state = $session->state;
	my $grown = peak() - $peak;
	return ($rows, $grown, $session->query($bytes) - $before, $state);
}

sub use_case
{
	my ($case) = @_;
	$session->query("ALTER SERVER huawei OPTIONS (SET endpoint '"
		  . $sim->url($case) . "')");
	return;
}

my $COUNT = 'SELECT count(*) FROM hss_quotas';

# What any query needs: caches, libraries, a first window of pages.
use_case('quotas=2000');
$session->query($COUNT);
$session->query('SELECT count(*) FROM bss_package_usages');

# ---- a long list --------------------------------------------------------------

use_case('quotas=20000');
my ($rows, $grown, $bytes, $state) = cost($COUNT);
is($rows, 20000, 'a long list');
cmp_ok($bytes, '>', 6e6, "of $bytes bytes");
cmp_ok($grown, '<', 3000, "takes $grown kB more than a short one");

# ---- what is too large --------------------------------------------------------

for my $fault ('fail=gzip_bomb', 'fail=endless_body', 'big_body=60000000',
	'big_body=60000000;chunked=1', 'fail=endless_headers',
	'reply=deep;depth=400000')
{
	use_case("$fault;id=limits");
	($rows, $grown, $bytes, $state) = cost('SELECT count(*) FROM bss_package_usages');
	is($state, '54000', "$fault: refused");
	cmp_ok($grown, '<', 4000, "$fault: takes $grown kB");
}

# Up to the limit of the option, and no further.
$session->query("ALTER SERVER huawei OPTIONS (SET max_response_size '32MB')");
use_case('fail=gzip_bomb;id=larger');
($rows, $grown, $bytes, $state) = cost('SELECT count(*) FROM bss_package_usages');
is($state, '54000', 'a larger limit: refused');
cmp_ok($grown, '<', 70000, "a larger limit: takes $grown kB");

# ---- what is kept -------------------------------------------------------------

$session = HwBss::session($node);
use_case('quotas=45000');
$session->query("ALTER SERVER huawei OPTIONS (ADD cache_ttl '1h')");
$session->query("$COUNT WHERE version = 'hss.version.wtp'");
($rows, $grown, $bytes, $state) = cost($COUNT);
cmp_ok($bytes, '>', 17e6, "kept for later: a list of $bytes bytes");
cmp_ok($grown, '<', 32000, "takes $grown kB of memory");
is($state, '', 'without an error');

$session->quit;
$node->stop;
unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC|TRAP|leak/,
	'nothing crashed, nothing leaked');
done_testing();
