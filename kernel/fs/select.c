/*
 * poll(2) and select(2). One round asks every file what is ready. In the first round the files also
 * enter the caller into their wait queues, as long as nothing is ready; if nothing is at the end,
 * it sleeps until one of the queues is woken, and asks all files again.
 *
 *	poll_table -> few[8], then pages of entries -> wait queues of the files
 *
 * A wake-up between the question and the sleep is not lost: it sets `triggered`, and the
 * sleeper looks at that after it has announced its sleep.
 */
#include "kernel/cpu/clock.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/poll.h"
#include "kernel/lib/bitmap.h"
#include "kernel/lib/math64.h"
#include "kernel/lib/string.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"

/* ---- the table -------------------------------------------------------------------------- */

struct poll_page {
	struct poll_page *next;
	unsigned int nr;
	struct poll_entry entries[];
};

#define POLL_PER_PAGE ((PAGE_SIZE - sizeof(struct poll_page)) / sizeof(struct poll_entry))

static bool poll_wake(struct wait_queue_entry *wait, unsigned int states, void *key __unused)
{
	struct poll_entry *entry = container_of(wait, struct poll_entry, wait);

	entry->table->triggered = true;
	return try_to_wake_up(entry->table->task, states);
}

static struct poll_entry *new_entry(struct poll_table *pt)
{
	struct poll_page *page = pt->pages;

	if (pt->nr_few < POLL_FEW)
		return &pt->few[pt->nr_few++];
	if (!page || page->nr == POLL_PER_PAGE) {
		page = (struct poll_page *)get_free_page(GFP_KERNEL);
		if (!page)
			return NULL;
		page->nr = 0;
		page->next = pt->pages;
		pt->pages = page;
	}
	return &page->entries[page->nr++];
}

void poll_wait(struct file *file, struct wait_queue_head *wq, struct poll_table *pt)
{
	struct poll_entry *entry;

	if (!pt || pt->done)
		return;
	entry = new_entry(pt);
	if (!entry) {
		pt->error = -ENOMEM;
		pt->done = true;
		return;
	}
	*entry = (struct poll_entry){.wq = wq, .file = get_file(file), .table = pt};
	entry->wait.task = pt->task;
	entry->wait.func = poll_wake;
	add_wait_queue(wq, &entry->wait);
}

void poll_begin(struct poll_table *pt)
{
	pt->task = current;
	pt->triggered = pt->done = false;
	pt->error = 0;
	pt->nr_few = 0;
	pt->pages = NULL;
}

static void free_entry(struct poll_entry *entry)
{
	remove_wait_queue(entry->wq, &entry->wait);
	fput(entry->file);
}

void poll_end(struct poll_table *pt)
{
	struct poll_page *page;

	while (pt->nr_few)
		free_entry(&pt->few[--pt->nr_few]);
	while ((page = pt->pages) != NULL) {
		while (page->nr)
			free_entry(&page->entries[--page->nr]);
		pt->pages = page->next;
		free_page((unsigned long)page);
	}
}

/* How many ticks it is at most to a time; 0: it has come. */
static unsigned long ticks_left(u64 until)
{
	u64 now, ticks;

	if (until == POLL_FOR_EVER)
		return MAX_SCHEDULE_TIMEOUT;
	now = until ? ktime_get_ns() : 0;
	if (now >= until)
		return 0;
	ticks = div_u64(until - now + NSEC_PER_TICK - 1, NSEC_PER_TICK);
	return (unsigned long)min(ticks, (u64)MAX_SCHEDULE_TIMEOUT - 1);
}

bool poll_sleep(struct poll_table *pt, u64 until)
{
	unsigned long ticks = ticks_left(until);

	if (!ticks)
		return false;
	set_current_state(TASK_INTERRUPTIBLE);
	if (!pt->triggered)
		schedule_timeout(ticks);
	set_current_state(TASK_RUNNING);
	pt->triggered = false;
	return true;
}

/*
 * Rounds until `ask` finds something ready, or it is time to stop. Its result, or
 * -ERESTARTNOHAND, or -ENOMEM.
 */
static int poll_rounds(int (*ask)(void *ctx, struct poll_table *pt), void *ctx, u64 until)
{
	struct poll_table pt;
	int ready;

	poll_begin(&pt);
	if (!until)
		pt.done = true;
	for (;;) {
		ready = ask(ctx, &pt);
		pt.done = true;
		if (ready || pt.error)
			break;
		if (signal_pending(current))
			pt.error = -ERESTARTNOHAND;
		else if (poll_sleep(&pt, until))
			continue;
		break;
	}
	poll_end(&pt);
	return ready ? ready : pt.error;
}

/* ---- poll ------------------------------------------------------------------------------- */

#define FEW_POLLFDS 32u /* so many fit the kernel's stack */

struct poll_call {
	struct pollfd *fds;
	unsigned int nr;
};

static unsigned int poll_one(const struct pollfd *pfd, struct poll_table *pt)
{
	unsigned int mask = POLLNVAL;
	struct file *file;
	bool put;

	if (pfd->fd < 0)
		return 0;
	file = fget_light((unsigned int)pfd->fd, &put);
	if (file) {
		mask = vfs_poll(file, pt) & ((u16)pfd->events | POLLERR | POLLHUP);
		fput_light(file, put);
	}
	return mask;
}

static int ask_pollfds(void *ctx, struct poll_table *pt)
{
	struct poll_call *call = ctx;
	int ready = 0;

	for (unsigned int i = 0; i < call->nr; i++) {
		call->fds[i].revents = (short)poll_one(&call->fds[i], pt);
		if (call->fds[i].revents) {
			ready++;
			pt->done = true;
		}
	}
	return ready;
}

static int put_revents(struct pollfd __user *user, const struct pollfd *fds, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		if (put_user(fds[i].revents, &user[i].revents))
			return -EFAULT;
	return 0;
}

static long poll_list(struct pollfd *fds, struct pollfd __user *user, unsigned int nr, u64 until)
{
	struct poll_call call = {.fds = fds, .nr = nr};
	int ready, err;

	if (copy_from_user(fds, user, nr * sizeof(*fds)))
		return -EFAULT;
	ready = poll_rounds(ask_pollfds, &call, until);
	if (ready < 0)
		return ready;
	err = put_revents(user, fds, nr);
	return err ? err : ready;
}

/* Many descriptors: in memory that need not be contiguous. */
static void *alloc_list(size_t size)
{
	return size <= KMALLOC_MAX_SIZE ? kmalloc(size, GFP_KERNEL) : vmalloc(size);
}

static void free_list(void *list, size_t size)
{
	if (size <= KMALLOC_MAX_SIZE)
		kfree(list);
	else
		vfree(list);
}

long do_poll(struct pollfd __user *fds, unsigned int nr, u64 until)
{
	struct pollfd few[FEW_POLLFDS], *many;
	size_t size = nr * sizeof(*many);
	long ret;

	if (nr > current->signal->rlim[RLIMIT_NOFILE].rlim_cur || nr > NR_OPEN)
		return -EINVAL;
	if (nr <= FEW_POLLFDS)
		return poll_list(few, fds, nr, until);
	many = alloc_list(size);
	if (!many)
		return -ENOMEM;
	ret = poll_list(many, fds, nr, until);
	free_list(many, size);
	return ret;
}

/* ---- select ----------------------------------------------------------------------------- */

#define SELECT_IN	 (POLLIN | POLLRDNORM | POLLRDBAND | POLLHUP | POLLERR)
#define SELECT_OUT	 (POLLOUT | POLLWRNORM | POLLWRBAND | POLLERR)
#define SELECT_EX	 POLLPRI

#define FEW_SELECT_WORDS 4u /* of each set: 128 descriptors fit the kernel's stack */
#define NR_SETS		 3u

/* Three sets that are asked for, three of results; each of `words` words, one behind the other. */
struct select_call {
	unsigned int words;
	unsigned long *asked;  /* NR_SETS * words */
	unsigned long *result; /* the same */
};

static const unsigned int set_events[NR_SETS] = {SELECT_IN, SELECT_OUT, SELECT_EX};

/* The descriptors of word `w` that are in some set. */
static unsigned long asked_in_word(const struct select_call *call, unsigned int w)
{
	return call->asked[w] | call->asked[call->words + w] | call->asked[2 * call->words + w];
}

/* How many sets one descriptor is ready in; or -EBADF. */
static int select_one(struct select_call *call, unsigned int fd, struct poll_table *pt)
{
	unsigned int w = BIT_WORD(fd), mask;
	struct file *file;
	int ready = 0;
	bool put;

	file = fget_light(fd, &put);
	if (!file)
		return -EBADF;
	mask = vfs_poll(file, pt);
	fput_light(file, put);
	for (unsigned int set = 0; set < NR_SETS; set++, w += call->words) {
		if (!(call->asked[w] & BIT_MASK(fd)) || !(mask & set_events[set]))
			continue;
		call->result[w] |= BIT_MASK(fd);
		pt->done = true;
		ready++;
	}
	return ready;
}

static int ask_sets(void *ctx, struct poll_table *pt)
{
	struct select_call *call = ctx;
	int ready = 0;

	for (unsigned int w = 0; w < call->words; w++) {
		unsigned long bits = asked_in_word(call, w);

		for (; bits; bits &= bits - 1) {
			int n = select_one(call, w * BITS_PER_LONG + __ffs(bits), pt);

			if (n < 0)
				return n;
			ready += n;
		}
		cond_resched();
	}
	return ready;
}

static int get_sets(struct select_call *call, unsigned long __user *const user[NR_SETS], int n)
{
	size_t bytes = call->words * sizeof(long);
	unsigned int odd = (unsigned int)n % BITS_PER_LONG;

	memset(call->asked, 0, 2 * NR_SETS * bytes);
	for (unsigned int set = 0; set < NR_SETS; set++) {
		unsigned long *words = call->asked + set * call->words;

		if (!user[set])
			continue;
		if (copy_from_user(words, user[set], bytes))
			return -EFAULT;
		if (odd)
			words[call->words - 1] &= BIT(odd) - 1;
	}
	return 0;
}

static int put_sets(const struct select_call *call, unsigned long __user *const user[NR_SETS])
{
	size_t bytes = call->words * sizeof(long);

	for (unsigned int set = 0; set < NR_SETS; set++)
		if (user[set] && copy_to_user(user[set], call->result + set * call->words, bytes))
			return -EFAULT;
	return 0;
}

/* With memory for the sets at `words`. */
static long select_sets(unsigned long *words, int n, unsigned long __user *const user[NR_SETS],
			u64 until)
{
	struct select_call call = {.words = BITS_TO_LONGS((unsigned int)n), .asked = words};
	int err, ready;

	call.result = words + NR_SETS * call.words;
	err = get_sets(&call, user, n);
	if (err)
		return err;
	ready = poll_rounds(ask_sets, &call, until);
	if (ready < 0)
		return ready;
	err = put_sets(&call, user);
	return err ? err : ready;
}

long do_select(int n, unsigned long __user *in, unsigned long __user *out, unsigned long __user *ex,
	       u64 until)
{
	unsigned long few[2 * NR_SETS * FEW_SELECT_WORDS], *many;
	unsigned long __user *const user[NR_SETS] = {in, out, ex};
	size_t size;
	long ret;

	if (n < 0)
		return -EINVAL;
	n = min(n, (int)current->files->max_fds); /* what is above is not open */
	if (BITS_TO_LONGS((unsigned int)n) <= FEW_SELECT_WORDS)
		return select_sets(few, n, user, until);
	size = 2 * NR_SETS * BITS_TO_LONGS((unsigned int)n) * sizeof(long);
	many = alloc_list(size);
	if (!many)
		return -ENOMEM;
	ret = select_sets(many, n, user, until);
	free_list(many, size);
	return ret;
}
