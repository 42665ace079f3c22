# Scans of one session under Append: what one takes in for another while they
# are made ready to wait is handed out at once, not at the session's next event.

use strict;
use warnings;

use HwBss;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

# Holds a backend between two scans that are made ready: where the first one's
# epoll set gets the session's, while a file is there.
my $tmp = PostgreSQL::Test::Utils::tempdir();
my ($hold, $held) = ("$tmp/hold", "$tmp/held");
append_to_file("$tmp/slow_sets.c", <<'C');
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

int
epoll_ctl(int set, int op, int fd, struct epoll_event *event)
{
	int			(*next) (int, int, int, struct epoll_event *) =
		dlsym(RTLD_NEXT, "epoll_ctl");
	char		link[64];
	char		target[64] = "";

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (op == EPOLL_CTL_ADD && access(HOLD, F_OK) == 0 &&
		readlink(link, target, sizeof(target) - 1) > 0 &&
		strcmp(target, "anon_inode:[eventpoll]") == 0)
	{
		close(open(HELD, O_CREAT | O_WRONLY, 0600));
		while (access(HOLD, F_OK) == 0)
			poll(NULL, 0, 10);
	}
	return next(set, op, fd, event);
}
C
my $preload = "$tmp/slow_sets.so";
plan skip_all => 'no compiler'
  if system(qq{cc -shared -fPIC -DHOLD='"$hold"' -DHELD='"$held"' -o '$preload' '$tmp/slow_sets.c' -ldl 2>/dev/null}) != 0;

my $sim = HwBss->new;
my $node = do {
	local $ENV{LD_PRELOAD} = $preload;
	HwBss::node('wake');
};

# Rows come from the one API as soon as its reply may go; the other one wants
# to be asked again long after.
my $LATER = 20;
$sim->connect_node($node,
	options => {
		endpoint => undef,
		hss_endpoint => $sim->url(id => 'hss'),
		bss_endpoint => $sim->url(id => 'bss', fail => '429x100', retry_after => $LATER),
		prefetch => 1
	});
my $session = HwBss::session($node);
my $QUOTAS = q{SELECT resource_id FROM hss_quotas WHERE category = 'host_resource'};
is(scalar(() = $session->query($QUOTAS) =~ /^./mg), 60, 'the key is known to be good');

$sim->clear_log;
$sim->set({ delay_page => '0:300' });
append_to_file($hold, '');
$session->send("BEGIN; DECLARE c CURSOR FOR $QUOTAS UNION ALL SELECT currency FROM bss_expenditure_quota; FETCH 1 FROM c");
ok(HwBss::wait_until(sub { -e $held }), 'the first scan is made ready to wait');
ok(HwBss::wait_until(sub {
		my @log = $sim->log('quotas-detail');
		@log == 1 && defined $log[0]{status} && !$sim->stats->{running} }),
	'its reply comes before the second one is');
my $begin = time;
unlink $hold or die;
like($session->finish, qr/^[-0-9a-f]{36}$/, 'a row');
cmp_ok(time - $begin, '<', $LATER / 5, 'at once');
is($session->stderr =~ /WARNING|ERROR/ ? $session->stderr : '', '', 'and no error');
$session->query('ROLLBACK');
done_testing();
