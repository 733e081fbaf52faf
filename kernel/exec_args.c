/* Collecting the strings of execve(2); see exec_args.h. */
#include "kernel/exec_args.h"

#include "kernel/cpu/uaccess.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/page_alloc.h"

#define ARG_BYTES_MIN \
	(128ul << 10)		  /* POSIX programs count on so much, whatever the stack's limit */
#define ARG_BYTES_MAX (6ul << 20) /* Linux: three quarters of 8 MiB */
#define MAX_STRINGS   0x7fffffffu

void exec_args_init(struct exec_args *args)
{
	memset(args, 0, sizeof(*args));
	INIT_LIST_HEAD(&args->pages);
	args->limit = min(max(rlimit(RLIMIT_STACK) / 4, ARG_BYTES_MIN), ARG_BYTES_MAX);
}

void exec_args_free(struct exec_args *args)
{
	struct page *page, *next;

	list_for_each_entry_safe (page, next, &args->pages, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
}

/* Where the lowest string begins. Its page is filled from its end, like all but the highest. */
static char *lowest(const struct exec_args *args)
{
	struct page *page = list_first_entry(&args->pages, struct page, lru);

	return (char *)lowmem_page_address(page) + (-args->used & ~PAGE_MASK);
}

static bool add_page(struct exec_args *args)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return false;
	list_add(&page->lru, &args->pages);
	return true;
}

/* Room below what there is: the end of a piece of at most `len` bytes, in one page. */
static char *make_room(struct exec_args *args, size_t len, size_t *piece)
{
	size_t left = -args->used & ~PAGE_MASK;

	if (!left) {
		if (!add_page(args))
			return NULL;
		left = PAGE_SIZE;
	}
	*piece = min(len, left);
	args->used += *piece;
	return lowest(args);
}

static int too_much(const struct exec_args *args, size_t len)
{
	size_t pointers = ((size_t)args->argc + args->envc + 2) * sizeof(long);

	return pointers > args->limit || args->used + len > args->limit - pointers;
}

/*
 * `len` bytes with the 0; from the program's memory or the kernel's. Piece by piece from the end.
 */
static int push(struct exec_args *args, const char *s, size_t len, bool from_user)
{
	bool last = true;

	if (too_much(args, len))
		return -E2BIG;
	while (len) {
		size_t piece;
		char *to = make_room(args, len, &piece);

		if (!to)
			return -ENOMEM;
		len -= piece;
		if (!from_user)
			memcpy(to, s + len, piece);
		else if (copy_from_user(to, (const char __user *)s + len, piece))
			return -EFAULT;
		if (last)
			to[piece - 1] = 0; /* another thread may have changed it meanwhile */
		last = false;
		cond_resched();
	}
	return 0;
}

int exec_push_string(struct exec_args *args, const char *s)
{
	size_t len = strlen(s) + 1;

	return len > MAX_ARG_STRLEN ? -E2BIG : push(args, s, len, false);
}

static int push_user_string(struct exec_args *args, const char __user *s)
{
	long len = strnlen_user(s, MAX_ARG_STRLEN);

	if (!len)
		return -EFAULT;
	return len > (long)MAX_ARG_STRLEN ? -E2BIG : push(args, (const char *)s, (size_t)len, true);
}

/* The n-th pointer of a list. 0 or -EFAULT. */
static int nth_string(const struct string_list *list, unsigned int n, const char **s)
{
	const char __user *user;

	if (list->kernel) {
		*s = list->kernel[n];
		return 0;
	}
	if (get_user(user, list->user + n))
		return -EFAULT;
	*s = (const char *)user;
	return 0;
}

/* A missing list is an empty one, as in Linux. */
static int count_strings(const struct string_list *list, unsigned int *count)
{
	const char *s;

	*count = 0;
	if (!list->kernel && !list->user)
		return 0;
	for (;;) {
		if (nth_string(list, *count, &s))
			return -EFAULT;
		if (!s)
			return 0;
		if (++*count >= MAX_STRINGS)
			return -E2BIG;
		cond_resched();
	}
}

int exec_push_list(struct exec_args *args, const struct string_list *list, unsigned int *count,
		   size_t *bytes)
{
	size_t before = args->used;
	int err = count_strings(list, count);
	const char *s;

	for (unsigned int n = *count; !err && n--;) {
		err = nth_string(list, n, &s);
		if (!err)
			err = list->kernel ? exec_push_string(args, s) : push_user_string(args, s);
	}
	*bytes = args->used - before;
	return err;
}

/* How much of the lowest page is used. */
static size_t bytes_in_lowest(const struct exec_args *args)
{
	size_t n = args->used & ~PAGE_MASK;

	return n ? n : PAGE_SIZE;
}

void exec_pop_argv0(struct exec_args *args)
{
	bool ended = false;

	while (!ended) {
		size_t n = bytes_in_lowest(args);
		char *s = lowest(args), *zero = memchr(s, 0, n);

		ended = zero != NULL;
		if (ended)
			n = (size_t)(zero - s) + 1;
		args->used -= n;
		args->argv_bytes -= n;
		if (!(args->used & ~PAGE_MASK)) {
			struct page *page = list_first_entry(&args->pages, struct page, lru);

			list_del(&page->lru);
			__free_page(page);
		}
	}
	args->argc--;
}

int exec_write_strings(const struct exec_args *args, unsigned long to)
{
	size_t offset = -args->used & ~PAGE_MASK, left = args->used;
	struct page *page;

	list_for_each_entry (page, &args->pages, lru) {
		size_t n = min(left, (size_t)PAGE_SIZE - offset);

		if (copy_to_user((void __user *)to, (char *)lowmem_page_address(page) + offset, n))
			return -EFAULT;
		to += n;
		left -= n;
		offset = 0;
	}
	return 0;
}
