# A server of a role that is no superuser reaches public addresses only,
# whatever a name resolves to, and however often it changes its mind.

use strict;
use warnings;

use HwBss;
use IO::Select;
use IO::Socket::INET;
use PostgreSQL::Test::Utils;
use Test::More;

# Names resolve to what a file says: "name address ...".
my $tmp = PostgreSQL::Test::Utils::tempdir();
my $names = "$tmp/names";
my $preload = "$tmp/names.so";
append_to_file($names, '');
append_to_file("$tmp/names.c", <<'C');
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

int
getaddrinfo(const char *node, const char *service,
			const struct addrinfo *hints, struct addrinfo **res)
{
	int			(*next) (const char *, const char *, const struct addrinfo *,
						 struct addrinfo **) = dlsym(RTLD_NEXT, "getaddrinfo");
	FILE	   *file = node ? fopen(NAMES, "r") : NULL;
	struct addrinfo **last = res;
	char		line[1000];

	while (file && fgets(line, sizeof(line), file))
	{
		char	   *rest;
		char	   *word = strtok_r(line, " \n", &rest);

		if (word == NULL || strcmp(word, node) != 0)
			continue;
		while ((word = strtok_r(NULL, " \n", &rest)) != NULL)
		{
			if (next(word, service, hints, last) != 0)
				continue;
			while (*last)
				last = &(*last)->ai_next;
		}
		fclose(file);
		return last == res ? EAI_NONAME : 0;
	}
	if (file)
		fclose(file);
	return next(node, service, hints, res);
}
C
plan skip_all => 'no compiler'
  if system(qq{cc -shared -fPIC -DNAMES='"$names"' -o '$preload' '$tmp/names.c' -ldl 2>/dev/null}) != 0;

my $node = do {
	local $ENV{LD_PRELOAD} = $preload;
	HwBss::node('addresses', "hwbss_fdw.allowed_hosts = '*.example.com'");
};
my $sim = HwBss->new(tls => 1);
my $session = HwBss::session($node);
my $PACKAGES = 'SELECT count(*) FROM %s.bss_package_usages';

# Hears whatever connects to a port of this machine.
my $ear = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 20)
  or die "no socket: $!";

sub is_heard { return scalar IO::Select->new($ear)->can_read(0) }

sub resolve
{
	my ($name, @addresses) = @_;
	unlink $names;
	append_to_file($names, "$name @addresses\n");
	return;
}

$session->query('CREATE EXTENSION hwbss_fdw; CREATE ROLE owner;
	GRANT USAGE ON FOREIGN DATA WRAPPER hwbss_fdw TO owner');

# A server of the role, read by a superuser.
sub make_server
{
	my ($name, %option) = @_;
	$session->query("SET ROLE owner; CREATE SERVER $name FOREIGN DATA WRAPPER hwbss_fdw "
		  . HwBss::options(retry_budget => '1h', connect_timeout => '5s', %option)
		  . "; RESET ROLE; CREATE USER MAPPING FOR CURRENT_USER SERVER $name "
		  . HwBss::options(access_key => $HwBss::ACCOUNT{everything}[0],
			secret_key => $HwBss::ACCOUNT{everything}[1])
		  . "; CREATE SCHEMA $name; IMPORT FOREIGN SCHEMA bss FROM SERVER $name INTO $name");
	is($session->stderr, '', "a server of a role: $name");
	return;
}

# ---- every network that is not public ---------------------------------------

make_server('inside', endpoint => 'https://inside.example.com:' . $ear->sockport);
my @ADDRESSES = (
	[qw(127.0.0.1)], [qw(127.8.9.1)], [qw(0.0.0.0)], [qw(10.1.2.3)],
	[qw(172.16.0.1)], [qw(172.31.255.254)], [qw(192.168.1.1)],
	[qw(169.254.169.254)], [qw(100.64.0.1)], [qw(100.125.1.250)],
	[qw(224.0.0.1)], [qw(255.255.255.255)],
	[qw(127.0.0.1 10.1.2.3 192.168.1.1)]);
my @ADDRESSES6 = (
	[qw(::1)], [qw(::)], [qw(::ffff:127.0.0.1)], [qw(::ffff:10.1.2.3)],
	[qw(::127.0.0.1)], [qw(fe80::1)], [qw(fc00::1)], [qw(fd12::1)],
	[qw(64:ff9b::7f00:1)], [qw(2002:7f00:1::1)], [qw(ff02::1)],
	[qw(::1 127.0.0.1)]);

# libcurl asks for IPv6 only where there is such a thing.
push @ADDRESSES, @ADDRESSES6
  if eval { require IO::Socket::IP; IO::Socket::IP->new(LocalHost => '::1', Listen => 1) };
for my $addresses (@ADDRESSES)
{
	resolve('inside.example.com', @$addresses);
	$session->query('SELECT hwbss_fdw_forget()');
	$session->query(sprintf $PACKAGES, 'inside');
	my $error = $session->error || {};
	is($error->{state}, '42501', "@$addresses: refused");
	is($error->{detail}, 'API "package_usages" gave no answer: host "inside.example.com" resolves to an address that is not public.',
		"@$addresses: detail");
	is($error->{hint}, 'Server "inside" does not belong to a superuser: it may connect to public addresses only.',
		"@$addresses: hint");
	ok(!is_heard(), "@$addresses: nobody connects");
}

# ---- a name that changes its mind -------------------------------------------

# With the same session: what was found out about the name does not count.
$session->query('GRANT pg_read_server_files TO owner');
make_server('fickle', endpoint => 'https://localhost.example.com:' . $sim->{tls_port},
	ca_file => $sim->certificate);
resolve('localhost.example.com');
$session->query("ALTER SERVER fickle OPTIONS (SET retry_budget '0')");
$session->query(sprintf $PACKAGES, 'fickle');
is($session->state, 'HV00N', 'a name that resolves to nothing');
resolve('localhost.example.com', '127.0.0.1');
$session->query(sprintf $PACKAGES, 'fickle');

# Newer versions of libcurl remember for a while that there was no such name.
like($session->state, qr/^(?:42501|HV00N)$/, 'a name that resolves to this machine from now on');
$session->query('SELECT hwbss_fdw_forget()');
$session->query(sprintf $PACKAGES, 'fickle');
is($session->state, '42501', 'a session that has not heard of it');
is(scalar $sim->log, 0, 'no request');

# ---- a superuser's server ---------------------------------------------------

$session->query('ALTER SERVER inside OWNER TO CURRENT_USER;
	ALTER SERVER inside OPTIONS (SET retry_budget \'0\', SET connect_timeout \'200ms\')');
resolve('inside.example.com', '127.0.0.1');
$session->query(sprintf $PACKAGES, 'inside');
is($session->state, 'HV00N', 'a server of a superuser connects to this machine');
ok(is_heard(), 'as can be heard');
(my $caller = $ear->accept)->close;

# ---- a proxy ----------------------------------------------------------------

# It is the proxy who connects, and pg_read_server_files that is trusted; the
# host must be allowed all the same.
make_server('proxied', endpoint => 'https://outside.example.com',
	retry_budget => '0', proxy => 'http://127.0.0.1:' . $ear->sockport);
$session->send(sprintf $PACKAGES, 'proxied');
$caller = $ear->accept;
is(scalar <$caller>, "CONNECT outside.example.com:443 HTTP/1.1\r\n",
	'a proxy is asked for a tunnel');
my $head = '';
while (defined(my $line = <$caller>))
{
	last if $line eq "\r\n";
	$head .= $line;
}
unlike($head, qr/Authorization|Sdk|Token|SIMAK0/i, 'and told no key');
print $caller "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
$caller->close;
$session->finish;
# An answer, if none of the service: README, Errors.
is($session->state, 'HV00M', 'a proxy that refuses');
$session->query("SET hwbss_fdw.allowed_hosts = 'elsewhere.example.com'");
$session->query(sprintf $PACKAGES, 'proxied');
is($session->state, '42501', 'a host that is not allowed, by way of a proxy');
ok(!is_heard(), 'is not asked for');

$session->quit;
$node->stop;
unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC|TRAP/,
	'nothing crashed');
done_testing();
