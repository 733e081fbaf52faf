/*
 * Wait queues, completions, and waiting for bits.
 *
 * A queue is a list of entries on the stacks of those who wait. Ordinary entries go to
 * the front part in the order of their arrival, exclusive ones to the end; a
 * wake-up walks from the front and stops after the asked number of exclusive
 * tasks. So all who only want to see are woken, and of those who want to have
 * it, as many as can have it.
 *
 * Locks: each queue has one, interrupts off; below it only the run queue's.
 */
#include "kernel/wait.h"

#include "kernel/completion.h"
#include "kernel/lib/hash.h"

/* ------------------------------------------------------------ entries */

bool default_wake_function(struct wait_queue_entry *entry, unsigned int states, void *key)
{
	(void)key;
	return try_to_wake_up(entry->task, states);
}

bool autoremove_wake_function(struct wait_queue_entry *entry, unsigned int states, void *key)
{
	bool woken = default_wake_function(entry, states, key);

	if (woken)
		list_del_init(&entry->list);
	return woken;
}

void init_waitqueue_head(struct wait_queue_head *wq)
{
	spin_lock_init(&wq->lock, "wait queue");
	INIT_LIST_HEAD(&wq->list);
}

/* Behind the ordinary entries, before the exclusive ones: they stand at the end. */
static void add_ordinary(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	struct wait_queue_entry *pos;

	list_for_each_entry_reverse (pos, &wq->list, list)
		if (!pos->exclusive)
			break;
	list_add(&entry->list, &pos->list);
}

static void add_entry(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	if (entry->exclusive)
		list_add_tail(&entry->list, &wq->list);
	else
		add_ordinary(wq, entry);
}

void add_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	add_entry(wq, entry);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void remove_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	list_del_init(&entry->list);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void prepare_to_wait(struct wait_queue_head *wq, struct wait_queue_entry *entry, unsigned int state)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	if (list_empty(&entry->list))
		add_entry(wq, entry);
	set_current_state(state);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void prepare_to_wait_exclusive(struct wait_queue_head *wq, struct wait_queue_entry *entry,
			       unsigned int state)
{
	entry->exclusive = true;
	prepare_to_wait(wq, entry, state);
}

void finish_wait(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	unsigned long flags;

	set_current_state(TASK_RUNNING);
	spin_lock_irqsave(&wq->lock, flags);
	list_del_init(&entry->list);
	spin_unlock_irqrestore(&wq->lock, flags);
}

static void wake_up_locked(struct wait_queue_head *wq, unsigned int states,
			   unsigned int nr_exclusive, void *key)
{
	struct wait_queue_entry *entry, *next;

	list_for_each_entry_safe (entry, next, &wq->list, list)
		if (entry->func(entry, states, key) && entry->exclusive && --nr_exclusive == 0)
			break;
}

void __wake_up(struct wait_queue_head *wq, unsigned int states, unsigned int nr_exclusive,
	       void *key)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	wake_up_locked(wq, states, nr_exclusive, key);
	spin_unlock_irqrestore(&wq->lock, flags);
}

/* ------------------------------------------------------------ completions */

void init_completion(struct completion *x)
{
	x->done = 0;
	init_waitqueue_head(&x->wait);
}

/*
 * Both count and wake under the lock, and the waiter looks under the lock: it cannot
 * see `done` and free the structure while complete() still works on it.
 */
void complete(struct completion *x)
{
	unsigned long flags;

	spin_lock_irqsave(&x->wait.lock, flags);
	if (x->done != COMPLETION_ALL)
		x->done++;
	wake_up_locked(&x->wait, TASK_NORMAL, 1, NULL);
	spin_unlock_irqrestore(&x->wait.lock, flags);
}

void complete_all(struct completion *x)
{
	unsigned long flags;

	spin_lock_irqsave(&x->wait.lock, flags);
	x->done = COMPLETION_ALL;
	wake_up_locked(&x->wait, TASK_NORMAL, 0, NULL);
	spin_unlock_irqrestore(&x->wait.lock, flags);
}

static bool take_completion(struct completion *x)
{
	unsigned long flags;
	bool taken;

	spin_lock_irqsave(&x->wait.lock, flags);
	taken = x->done != 0;
	if (taken && x->done != COMPLETION_ALL)
		x->done--;
	spin_unlock_irqrestore(&x->wait.lock, flags);
	return taken;
}

void wait_for_completion(struct completion *x)
{
	might_sleep();
	wait_event_exclusive(x->wait, take_completion(x));
}

int wait_for_completion_killable(struct completion *x)
{
	return (int)___wait_event(x->wait, take_completion(x), TASK_KILLABLE, true,
				  __wait_sleep_killable());
}

unsigned long wait_for_completion_timeout(struct completion *x, unsigned long ticks)
{
	might_sleep();
	return wait_event_timeout(x->wait, take_completion(x), ticks);
}

/* ------------------------------------------------------------ bits */

#define WAIT_TABLE_BITS 6

static struct wait_queue_head bit_wait_table[1u << WAIT_TABLE_BITS];

struct wait_bit_key {
	unsigned long *word;
	unsigned int bit;
};

struct wait_bit_entry {
	struct wait_bit_key key;
	struct wait_queue_entry entry;
};

static struct wait_queue_head *bit_waitqueue(const unsigned long *word)
{
	return &bit_wait_table[hash_ptr(word, WAIT_TABLE_BITS)];
}

/* A queue of the table serves many words: only those who wait for this bit are woken. */
static bool wake_bit_function(struct wait_queue_entry *entry, unsigned int states, void *key)
{
	const struct wait_bit_entry *waiter = container_of(entry, struct wait_bit_entry, entry);
	const struct wait_bit_key *woken = key;

	if (waiter->key.word != woken->word || waiter->key.bit != woken->bit ||
	    test_bit(woken->bit, woken->word))
		return false;
	return autoremove_wake_function(entry, states, key);
}

static void init_wait_bit(struct wait_bit_entry *waiter, unsigned long *word, unsigned int bit)
{
	waiter->key.word = word;
	waiter->key.bit = bit;
	waiter->entry.exclusive = false;
	waiter->entry.task = current;
	waiter->entry.func = wake_bit_function;
	INIT_LIST_HEAD(&waiter->entry.list);
}

static int wait_bit_sleep(unsigned int state)
{
	if (state == TASK_INTERRUPTIBLE && signal_pending(current))
		return -EINTR;
	schedule();
	return 0;
}

int wait_on_bit(unsigned long *word, unsigned int bit, unsigned int state)
{
	struct wait_queue_head *wq = bit_waitqueue(word);
	struct wait_bit_entry waiter;
	int ret = 0;

	might_sleep();
	if (!test_bit(bit, word))
		return 0;
	init_wait_bit(&waiter, word, bit);
	do {
		prepare_to_wait(wq, &waiter.entry, state);
		if (test_bit(bit, word))
			ret = wait_bit_sleep(state);
	} while (!ret && test_bit(bit, word));
	finish_wait(wq, &waiter.entry);
	return ret;
}

/*
 * An exclusive waiter that gives up must not swallow a wake-up meant for the next one:
 * if it was woken, it looks at the bit once more before it believes in the signal.
 */
int wait_on_bit_lock(unsigned long *word, unsigned int bit, unsigned int state)
{
	struct wait_queue_head *wq = bit_waitqueue(word);
	struct wait_bit_entry waiter;
	int ret = 0;

	might_sleep();
	if (!atomic_test_and_set_bit(bit, word))
		return 0;
	init_wait_bit(&waiter, word, bit);
	do {
		prepare_to_wait_exclusive(wq, &waiter.entry, state);
		if (test_bit(bit, word))
			ret = wait_bit_sleep(state);
		if (!atomic_test_and_set_bit(bit, word)) {
			ret = 0;
			break;
		}
	} while (!ret);
	finish_wait(wq, &waiter.entry);
	return ret;
}

void wake_up_bit(unsigned long *word, unsigned int bit)
{
	struct wait_queue_head *wq = bit_waitqueue(word);
	struct wait_bit_key key = {.word = word, .bit = bit};

	if (waitqueue_active(wq))
		__wake_up(wq, TASK_NORMAL, 1, &key);
}

void wait_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(bit_wait_table); i++)
		init_waitqueue_head(&bit_wait_table[i]);
}
