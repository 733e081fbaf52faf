/*
 * Threads and thread-local storage of a C library: built for Linux, by glibc or musl, and run on
 * Folio as it is.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS 8
#define ROUNDS	2000

static __thread int own = 7; /* each thread's */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static pthread_key_t key;
static sem_t done;
static int total, whose, destroyed;

static void check(int ok, const char *what)
{
	if (ok)
		return;
	printf("threads: %s (%s)\n", what, strerror(errno));
	exit(1);
}

static void destroy(void *value)
{
	__sync_fetch_and_add(&destroyed, (int)(long)value);
}

static void *work(void *arg)
{
	int me = (int)(long)arg;

	check(own == 7, "a new thread's own variable");
	own = me;
	pthread_setspecific(key, (void *)1l);
	for (int i = 0; i < ROUNDS; i++) {
		char *p = malloc(16 + (size_t)(i * me) % 2000);

		check(p != NULL, "malloc");
		memset(p, me, 16);
		pthread_mutex_lock(&lock);
		total++;
		pthread_mutex_unlock(&lock);
		check(p[15] == me, "memory of its own");
		free(p);
	}
	/* In order, one after the other. */
	pthread_mutex_lock(&lock);
	while (whose != me)
		pthread_cond_wait(&turn, &lock);
	whose++;
	pthread_cond_broadcast(&turn);
	pthread_mutex_unlock(&lock);
	check(own == me, "its own variable, later");
	sem_post(&done);
	return (void *)(long)(me * 3);
}

int main(void)
{
	pthread_t threads[THREADS];
	void *result;

	pthread_key_create(&key, destroy);
	sem_init(&done, 0, 0);
	for (long i = 0; i < THREADS; i++)
		check(pthread_create(&threads[i], NULL, work, (void *)i) == 0, "pthread_create");
	for (int i = 0; i < THREADS; i++)
		sem_wait(&done);
	for (long i = 0; i < THREADS; i++) {
		check(pthread_join(threads[i], &result) == 0, "pthread_join");
		check((long)result == i * 3, "a thread's result");
	}
	check(total == THREADS * ROUNDS && whose == THREADS, "the sum of all");
	check(destroyed == THREADS, "destructors");
	check(own == 7, "the first thread's own variable");
	printf("threads: %d threads, %d rounds: all well\n", THREADS, total);
	return 0;
}
