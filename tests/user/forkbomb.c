/*
 * forkbomb limit - an unprivileged user may have 30 processes, each of which forks as often as
 * it can: every fork beyond fails with EAGAIN.
 * forkbomb memory - processes that use 256 KiB each, until there is no memory for another.
 *
 * Both clean up behind them, print how far they got, and end with 0 if it went as it should.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT	30
#define USER	1000
#define MOST	5000
#define BYTES	(256 * 1024)
#define SECONDS 2

struct shared {
	volatile int alive, most_alive, refused, odd;
};

static struct shared *shared;

/* Forks as long as it is allowed; so does every child. */
static void bomb(void)
{
	for (int i = 0; i < LIMIT; i++) {
		pid_t pid = fork();

		if (!pid) {
			int alive = __sync_add_and_fetch(&shared->alive, 1);

			if (alive > shared->most_alive)
				shared->most_alive = alive;
			i = 0;
		} else if (pid < 0) {
			__sync_add_and_fetch(errno == EAGAIN ? &shared->refused : &shared->odd, 1);
			usleep(10000);
		}
	}
	pause();
}

static int try_limit(void)
{
	struct rlimit limit = {LIMIT, LIMIT};
	pid_t first = fork();

	if (!first) {
		setsid();
		if (setrlimit(RLIMIT_NPROC, &limit) < 0 || setuid(USER) < 0)
			_exit(1);
		shared->alive = 1;
		bomb();
	}
	sleep(SECONDS);
	kill(-first, SIGKILL);
	waitpid(first, NULL, 0);
	printf("%d processes at most, %d forks refused, %d for another reason\n",
	       shared->most_alive, shared->refused, shared->odd);
	return shared->most_alive == LIMIT && shared->refused > 0 && !shared->odd ? 0 : 1;
}

static void use_memory(void)
{
	char *p = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		_exit(2);
	memset(p, 1, BYTES);
	pause();
}

/* Any of them may be killed, also this one: its pages are shared with its children. */
static void fill_memory(int ready)
{
	for (int count = 0; count < MOST; count++) {
		pid_t pid = fork();

		if (!pid) {
			close(ready);
			use_memory();
		}
		if (pid < 0 || waitpid(-1, NULL, WNOHANG) > 0)
			break;
		usleep(1000);
	}
}

/*
 * The bomb is a program of its own, so that nothing of ours is shared with it and needs to be
 * copied when there is no memory.
 */
static int try_memory(void)
{
	char number[16];
	int ready[2], life[2]; /* all of the bomb have the second one open */
	pid_t pid;

	if (pipe(ready) < 0 || pipe(life) < 0)
		return 2;
	snprintf(number, sizeof(number), "%d", ready[1]);
	pid = fork();
	if (!pid) {
		setsid();
		execl("/proc/self/exe", "forkbomb", "fill", number, NULL);
		_exit(2);
	}
	close(ready[1]);
	close(life[1]);
	read(ready[0], number,
	     1); /* a byte when it is full, or the end of the bomb's first process */
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
	read(life[0], number, 1); /* until all have ended */
	printf("memory was filled\n");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3) {
		shared = MAP_FAILED;
		fill_memory(atoi(argv[2]));
		write(atoi(argv[2]), "", 1);
		pause();
	}
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || argc < 2)
		return 2;
	memset(shared, 0, sizeof(*shared));
	return strcmp(argv[1], "memory") ? try_limit() : try_memory();
}
