# HwBss.pm
#	  What TAP tests share: a simulated cloud, and a database that reads it.
#
#	use HwBss;
#	my $sim = HwBss->new;					# running
#	my $node = HwBss::node('main');			# PostgreSQL, running
#	$sim->connect_node($node);				# extension to imported tables
#	$sim->set({ delay => 200 });
#	is($node->safe_psql('postgres', 'SELECT ... FROM hss_quotas'), ...);
#	is(scalar $sim->requests('quotas-detail'), 1, 'one request');
#
# The simulator is a child of the test: its standard input closes, and it
# ends, when the object goes or the test dies.  test/sim/README.md has the
# settings.  Run by test/with-cluster, which knows where PostgreSQL's own
# modules are (make tap).

package HwBss;

use strict;
use warnings;

use Carp qw(croak);
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp ();
use HTTP::Tiny;
use IPC::Open3 qw(open3);
use JSON::PP ();
use POSIX qw(WNOHANG);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Time::HiRes qw(sleep);

our $SIM = abs_path(dirname(__FILE__) . '/../sim/simulator.py');

# Accounts of the simulator (test/sim/accounts.py): access and secret key.
our %ACCOUNT = (
	everything =>
	  [ 'SIMAK0EVERYTHING0000', 'simSkEverything/+0123456789abcdefghijklmn' ],
	customer =>
	  [ 'SIMAK0CUSTOMER000000', 'simSkCustomer/+0123456789abcdefghijklmnop' ],
	partner =>
	  [ 'SIMAK0PARTNER0000000', 'simSkPartner/+0123456789abcdefghijklmnopq' ]);

our $PROJECT = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';    # ap-southeast-1

my $json = JSON::PP->new->utf8->allow_nonref->canonical;

# HwBss->new(tls => 1): listens for https too, with a certificate of its own
# for 127.0.0.1 and localhost; see certificate() and tls_url().
sub new
{
	my ($class, %option) = @_;
	my $self = bless {
		owner => $$,
		http => HTTP::Tiny->new(timeout => 60, proxy => undef,
			http_proxy => undef, https_proxy => undef)
	}, $class;
	my @command = ('python3', $SIM);

	if ($option{tls})
	{
		$self->{directory} = File::Temp->newdir;
		my ($cert, $key) = map { "$self->{directory}/$_" } qw(cert.pem key.pem);
		system("openssl req -x509 -newkey rsa:2048 -nodes -days 2"
			  . " -subj /CN=localhost"
			  . " -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
			  . " -keyout '$key' -out '$cert' -batch 2>/dev/null") == 0
		  or croak 'openssl made no certificate';
		$self->{certificate} = $cert;
		push @command, '--tls', '--cert', $cert, '--key', $key;
	}

	# Perl closes its pipes on exec, which IPC::Run's do not: a server started
	# by the test must not hold the simulator's standard input open.
	$self->{pid} = open3($self->{in}, $self->{out}, '>&STDERR', @command);
	for (1 .. ($option{tls} ? 2 : 1))
	{
		my $line = readline $self->{out};
		croak 'the simulator did not start' unless defined $line;
		croak "the simulator said $line"
		  unless $line =~ /^(port|tls_port) (\d+)$/;
		$self->{$1} = $2;
	}
	return $self;
}

# Ends it; called by itself at the latest when the object goes.
sub stop
{
	my ($self) = @_;
	my $pid = delete $self->{pid} or return;

	# Not in a child that a test forked.
	return if $$ != $self->{owner};
	close $self->{in};
	for (1 .. 100)
	{
		return if waitpid($pid, WNOHANG) != 0;
		sleep 0.05;
	}
	kill 'KILL', $pid;
	waitpid $pid, 0;
	return;
}

sub DESTROY
{
	my ($self) = @_;
	local ($?, $!, $@);
	$self->stop;
	return;
}

sub port { return $_[0]->{port} }
sub certificate { return $_[0]->{certificate} }

# url('fail=429x2;retry_after=1'): an endpoint with settings of its own; also
# url(fail => '429x2', retry_after => 1).  Without arguments: the plain one.
sub url
{
	my ($self, @case) = @_;
	return "http://127.0.0.1:$self->{port}" . _case(@case);
}

sub tls_url
{
	my ($self, @case) = @_;
	return "https://localhost:$self->{tls_port}" . _case(@case);
}

sub _case
{
	my @case = @_;
	return '' unless @case;
	return "/case/$case[0]" if @case == 1;
	my @items;
	while (my ($name, $value) = splice @case, 0, 2)
	{
		$value =~ s/([^A-Za-z0-9._~:,-])/sprintf '%%%02X', ord $1/ge;
		push @items, "$name=$value";
	}
	return '/case/' . join ';', @items;
}

# A control request: method, path, value to send as JSON; returns the answer.
sub control
{
	my ($self, $method, $path, $value) = @_;
	my $reply = $self->{http}->request($method,
		"http://127.0.0.1:$self->{port}$path",
		defined $value ? { content => $json->encode($value) } : {});

	croak "$method $path: $reply->{status} $reply->{content}"
	  unless $reply->{success};
	return $json->decode($reply->{content});
}

# Settings for all cases until reset; undef restores a default.
sub set { my ($self, $values) = @_; return $self->control(POST => '/_set', $values) }

# As new: settings, log, counters, clock.
sub reset { return $_[0]->control(POST => '/_reset') }

# Requests received, oldest first; of one API by a part of its path.
sub log { my ($self, $path) = @_; return @{ $self->control(GET => '/_log' . _part($path)) } }
sub requests { my ($self, $path) = @_; my @log = $self->log($path); return @log }
sub clear_log { return $_[0]->control(POST => '/_log') }
sub stats { return $_[0]->control(GET => '/_stats') }

# Closes its connections, as servers do with those that have been idle.
sub hang_up { return $_[0]->control(POST => '/_hang_up') }

# Moves the simulator's clock by seconds; tokens and signatures age with it.
sub clock { my ($self, $offset) = @_; return $self->control(POST => '/_clock', { offset => $offset }) }

# Waits until so many requests were received; returns how many were, which is
# fewer after the given seconds.
sub wait_requests
{
	my ($self, $count, $path, $seconds) = @_;
	my $part = defined $path ? "&path=$path" : '';
	$seconds = 30 unless defined $seconds;
	return $self->control(GET => "/_wait?requests=$count&seconds=$seconds$part");
}

sub _part { my ($path) = @_; return defined $path ? "?path=$path" : '' }

# Waits for a described condition; false when it did not come true in time.
sub wait_until(&;$)
{
	my ($condition, $seconds) = @_;
	my $end = time + ($seconds || 30);
	until ($condition->())
	{
		return 0 if time > $end;
		sleep 0.02;
	}
	return 1;
}

# ---- PostgreSQL -------------------------------------------------------------

# A running server named NAME; further lines for postgresql.conf.
sub node
{
	my ($name, @lines) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init;
	$node->append_conf('postgresql.conf', join '', map { "$_\n" }
		  "jit = off", "max_connections = 40", "timezone = 'UTC'",
		$ENV{HWBSS_SEARCH} ? ('log_min_messages = debug5',
			'log_min_error_statement = panic', 'log_statement = none') : (),
		@lines);
	$node->start;
	return $node;
}

my $CLOCK = <<'C';
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <time.h>

time_t
time(time_t *out)
{
	time_t		(*next) (time_t *) = dlsym(RTLD_NEXT, "time");
	time_t		now = next(NULL);
	FILE	   *file = fopen(AHEAD, "r");
	long		ahead = 0;

	if (file)
	{
		if (fscanf(file, "%ld", &ahead) != 1)
			ahead = 0;
		fclose(file);
	}
	now += ahead;
	if (out)
		*out = now;
	return now;
}
C

# As node; the second result is a sub that puts the server's clock so many
# seconds ahead, or undef where there is no compiler.
sub node_with_clock
{
	my ($name, @lines) = @_;
	my $tmp = PostgreSQL::Test::Utils::tempdir();
	my ($ahead, $preload) = ("$tmp/ahead", "$tmp/clock.so");

	PostgreSQL::Test::Utils::append_to_file("$tmp/clock.c", $CLOCK);
	my $has_compiler = system(
		qq{cc -shared -fPIC -DAHEAD='"$ahead"' -o '$preload' '$tmp/clock.c' -ldl 2>/dev/null}) == 0;
	local $ENV{LD_PRELOAD} = $has_compiler ? $preload : '';
	return (node($name, @lines), $has_compiler && sub {
		my ($seconds) = @_;
		unlink $ahead;
		PostgreSQL::Test::Utils::append_to_file($ahead, $seconds) if $seconds;
		return;
	});
}

# Extension, server, user mapping and all tables, so that queries can follow.
#
#	database	postgres		user		CURRENT_USER, who is mapped
#	server		huawei			schema		public, where the tables go
#	account		everything		case		settings of the endpoint
#	endpoint	the simulator's
#	options		{ name => value } of the server, mapping_options of the mapping
#	limit_to	[ table ... ], by default all
sub connect_node
{
	my ($self, $node, %option) = @_;
	my $database = $option{database} || 'postgres';
	my $server = $option{server} || 'huawei';
	my $schema = $option{schema} || 'public';
	my $user = $option{user} || 'CURRENT_USER';
	my ($access, $secret) = @{ $ACCOUNT{ $option{account} || 'everything' } };
	my @case = ref $option{case} ? %{ $option{case} }
	  : defined $option{case} ? ($option{case}) : ();
	my %server = (
		endpoint => $option{endpoint} || $self->url(@case),
		allow_insecure => 'true',
		region => 'ap-southeast-1',
		project_id => $PROJECT,
		%{ $option{options} || {} });
	my %mapping = %{ $option{mapping_options}
		  || { access_key => $access, secret_key => $secret } };
	my $limit = $option{limit_to}
	  ? 'LIMIT TO (' . join(', ', @{ $option{limit_to} }) . ')' : '';

	$node->safe_psql($database, qq{
		CREATE EXTENSION IF NOT EXISTS hwbss_fdw;
		CREATE SCHEMA IF NOT EXISTS $schema;
		CREATE SERVER $server FOREIGN DATA WRAPPER hwbss_fdw @{[ options(%server) ]};
		CREATE USER MAPPING FOR $user SERVER $server @{[ options(%mapping) ]};
		IMPORT FOREIGN SCHEMA huaweicloud $limit FROM SERVER $server INTO $schema;
	});
	return;
}

# A session that stays: HwBss::session($node, user => 'bob', database => 'x',
# settings => { statement_timeout => '5s' }); see HwBss::Session below.
sub session
{
	my ($node, %option) = @_;
	return HwBss::Session->new($node, %option);
}

# The first error in what psql wrote at VERBOSITY verbose: state, message,
# detail, hint; or nothing.
sub parse_error
{
	my ($text) = @_;
	return unless $text =~ /^(?:psql:\S+ )?(?:ERROR|FATAL):  (\w{5}): (.*)$/m;
	my %error = (state => $1, message => $2, detail => '', hint => '');
	my $rest = substr $text, $+[0];
	$rest =~ s/^(?:ERROR|FATAL):  .*//ms;
	$error{ lc $1 } = $2 while $rest =~ /^(DETAIL|HINT|CONTEXT):  (.*)$/mg;
	return \%error;
}

# options(name => value ...): an OPTIONS clause; undef leaves one out.
sub options
{
	my %value = @_;
	my @items;

	for my $name (sort keys %value)
	{
		next unless defined $value{$name};
		(my $quoted = $value{$name}) =~ s/'/''/g;
		push @items, "$name '$quoted'";
	}
	return @items ? 'OPTIONS (' . join(', ', @items) . ')' : '';
}

# ---- A session that stays ---------------------------------------------------

# One psql, so one backend, over many statements.
#
#	my $session = HwBss::session($node);
#	$session->query('SELECT ...')		its rows; an error is in ->error
#	$session->send('SELECT ...')		does not wait
#	$session->finish				waits for it, returns its rows
#	$session->error				{ state, message, detail, hint } or undef
#	$session->sockets				sockets and the like the backend has open
#	$session->quit
package HwBss::Session;

use strict;
use warnings;

use Carp qw(croak);
use IPC::Run ();
use Time::HiRes qw(sleep);

our $SECONDS = 60;

sub new
{
	my ($class, $node, %option) = @_;
	my $self = bless { in => '', out => '', err => '', n => 0 }, $class;
	my $database = $option{database} || 'postgres';
	my @user = $option{user} ? ('-U', $option{user}) : ();
	my %settings = %{ $option{settings} || {} };

	local $ENV{PGOPTIONS} = join ' ', map { "-c $_=$settings{$_}" }
	  sort keys %settings;
	$self->{timer} = IPC::Run::timeout($SECONDS);
	$self->{run} = IPC::Run::start(
		[
			$node->installed_command('psql'), '-XqAt',
			'-v', 'VERBOSITY=verbose', '-d', $node->connstr($database), @user
		],
		'<', \$self->{in}, '>', \$self->{out}, '2>', \$self->{err},
		$self->{timer});
	$self->{pid} = $self->query('SELECT pg_backend_pid()');
	return $self;
}

sub pid { return $_[0]->{pid} }

sub send
{
	my ($self, $sql) = @_;
	my $mark = 'end-of-query-' . ++$self->{n};

	croak 'the last query is still running' if $self->{running};
	$self->{running} = $mark;
	$self->{out} = $self->{err} = '';
	$self->{in} .= "$sql\n;\n\\echo $mark\n\\warn $mark\n";
	$self->{timer}->start($SECONDS);
	$self->{run}->pump_nb while length $self->{in};
	return;
}

sub finish
{
	my ($self) = @_;
	my $mark = $self->{running} or croak 'no query is running';

	# A psql that has lost its server ends, and leaves no mark.
	$self->{timer}->start($SECONDS);
	while ($self->{out} !~ /^$mark\n/m || $self->{err} !~ /^$mark\n/m)
	{
		last unless $self->{run}->pumpable;
		$self->{run}->pump;
	}
	delete $self->{running};
	($self->{rows} = $self->{out}) =~ s/^$mark\n//m;
	chomp $self->{rows};
	($self->{errors} = $self->{err}) =~ s/^$mark\n//m;
	return $self->{rows};
}

sub query { my ($self, $sql) = @_; $self->send($sql); return $self->finish }

# Waits until the running query has told something; false if it does not.
sub wait_told
{
	my ($self, $pattern) = @_;
	return HwBss::wait_until(
		sub { $self->{run}->pump_nb; $self->{err} =~ $pattern });
}

# What psql wrote to its standard error, and the first error in it.
sub stderr { return $_[0]->{errors} }
sub error { return HwBss::parse_error($_[0]->{errors}) }
sub state { my $error = $_[0]->error; return $error ? $error->{state} : '' }

# Descriptors of the backend that files on disk do not account for.
sub sockets
{
	my ($self) = @_;
	my $dir = "/proc/$self->{pid}/fd";
	my @found;

	opendir my $handle, $dir or return;
	for my $fd (sort readdir $handle)
	{
		my $target = readlink "$dir/$fd";
		push @found, $target
		  if defined $target && $target =~ /^(?:socket|anon_inode|pipe):/;
	}
	closedir $handle;
	return @found;
}

sub is_alive { return -d "/proc/$_[0]->{pid}" }

sub quit
{
	my ($self) = @_;
	my $run = delete $self->{run} or return;
	$self->{in} .= "\\q\n";
	$self->{timer}->start($SECONDS);
	eval { $run->finish; 1 } or $run->kill_kill;
	return;
}

sub DESTROY
{
	my ($self) = @_;
	local ($?, $!, $@);
	$self->{run}->kill_kill(grace => 1) if $self->{run};
	return;
}

1;
