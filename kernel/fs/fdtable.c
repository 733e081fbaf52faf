/*
 * The table of a process's open files.
 *
 *	fd[]		file *, NULL: free, or reserved
 *	open_fds	a bit for each: in use or reserved
 *	close_on_exec	a bit for each
 *	full_words	a bit for each word of open_fds that is full
 *
 * The lowest free descriptor is found by two looks: for a word that is not full, and for a clear
 * bit in it; next_fd says where to begin. The array and the maps lie in one piece of
 * memory, except for the first ones, which are part of the structure.
 *
 * The lock covers all of that. Nothing sleeps under it, so a larger table is allocated outside
 * and the world looked at again. Closing happens outside as well.
 */
#include "kernel/fs/fdtable.h"
#include "kernel/fs/locks.h"
#include "kernel/lib/bitmap.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"

#define KMALLOC_TABLE_MAX 16384u /* bytes; larger tables need not be contiguous */

/* ---- memory of tables ------------------------------------------------------------------- */

static unsigned int map_words(unsigned int max_fds)
{
	return max_fds / BITS_PER_LONG;
}

static size_t table_size(unsigned int max_fds)
{
	unsigned int words = map_words(max_fds);

	return max_fds * sizeof(struct file *) +
	       (2 * words + BITS_TO_LONGS(words)) * sizeof(unsigned long);
}

/* A cleared table for so many descriptors, or NULL. */
static void *table_alloc(unsigned int max_fds)
{
	size_t size = table_size(max_fds);

	return size <= KMALLOC_TABLE_MAX ? kzalloc(size, GFP_KERNEL) : vzalloc(size);
}

static void table_free(void *table, unsigned int max_fds)
{
	if (table_size(max_fds) <= KMALLOC_TABLE_MAX)
		kfree(table);
	else
		vfree(table);
}

static void set_table(struct files_struct *files, struct file **fd, unsigned long *maps,
		      unsigned int max_fds)
{
	files->fd = fd;
	files->open_fds = maps;
	files->close_on_exec = maps + map_words(max_fds);
	files->full_words = maps + 2 * map_words(max_fds);
	files->max_fds = max_fds;
}

static void set_large_table(struct files_struct *files, void *table, unsigned int max_fds)
{
	struct file **fd = table;

	set_table(files, fd, (unsigned long *)(fd + max_fds), max_fds);
}

struct files_struct *files_alloc(void)
{
	struct files_struct *files = kzalloc(sizeof(*files), GFP_KERNEL);

	if (!files)
		return NULL;
	atomic_set(&files->count, 1);
	spin_lock_init(&files->lock, "files");
	set_table(files, files->fd_array, files->first_maps, NR_OPEN_DEFAULT);
	return files;
}

/* The table and its head; no file is left in it. */
static void files_free(struct files_struct *files)
{
	if (files->fd != files->fd_array)
		table_free(files->fd, files->max_fds);
	kfree(files);
}

/* Copies the first `max` descriptors, which the new table has room for, without references. */
static void copy_table(struct files_struct *new, const struct files_struct *old, unsigned int max)
{
	unsigned int words = map_words(max);

	memcpy(new->fd, old->fd, max * sizeof(*new->fd));
	memcpy(new->open_fds, old->open_fds, words * sizeof(long));
	memcpy(new->close_on_exec, old->close_on_exec, words * sizeof(long));
	memcpy(new->full_words, old->full_words, BITS_TO_LONGS(words) * sizeof(long));
}

/* Room for `nr` descriptors at least. 0 or -ENOMEM. */
static int expand_files(struct files_struct *files, unsigned int nr)
{
	unsigned int max = (unsigned int)roundup_pow_of_two(nr);
	struct files_struct old;
	void *table = table_alloc(max);

	if (!table)
		return -ENOMEM;
	spin_lock(&files->lock);
	old = *files;
	if (max > old.max_fds) {
		set_large_table(files, table, max);
		copy_table(files, &old, old.max_fds);
		table = old.fd == files->fd_array ? NULL : old.fd;
		max = old.max_fds;
	}
	spin_unlock(&files->lock);
	if (table)
		table_free(table, max);
	return 0;
}

/* ---- descriptors; files->lock is held --------------------------------------------------- */

static void mark_open(struct files_struct *files, unsigned int fd, int flags)
{
	__set_bit(fd, files->open_fds);
	if (files->open_fds[BIT_WORD(fd)] == ~0ul)
		__set_bit(BIT_WORD(fd), files->full_words);
	if (flags & O_CLOEXEC)
		__set_bit(fd, files->close_on_exec);
	else
		__clear_bit(fd, files->close_on_exec);
}

static void mark_free(struct files_struct *files, unsigned int fd)
{
	__clear_bit(fd, files->open_fds);
	__clear_bit(fd, files->close_on_exec);
	__clear_bit(BIT_WORD(fd), files->full_words);
	if (fd < files->next_fd)
		files->next_fd = fd;
}

/* The lowest free descriptor from `fd` on; at least max_fds: there is none in the table. */
static unsigned int find_free(const struct files_struct *files, unsigned int fd)
{
	unsigned int word = BIT_WORD(fd), words = map_words(files->max_fds);

	if (fd >= files->max_fds)
		return fd;
	if (~files->open_fds[word] >> fd % BITS_PER_LONG)
		return fd + __ffs(~files->open_fds[word] >> fd % BITS_PER_LONG);
	word = (unsigned int)find_next_zero_bit(files->full_words, words, word + 1);
	if (word >= words)
		return files->max_fds;
	return word * BITS_PER_LONG + ffz(files->open_fds[word]);
}

/* Takes a file out of the table; NULL: none is there. */
static struct file *take_out(struct files_struct *files, unsigned int fd)
{
	struct file *file = fd < files->max_fds ? files->fd[fd] : NULL;

	if (file) {
		files->fd[fd] = NULL;
		mark_free(files, fd);
	}
	return file;
}

/* ---- whole tables ----------------------------------------------------------------------- */

/* So many descriptors, a power of two of them, hold all that is open. */
static unsigned int used_length(const struct files_struct *files)
{
	unsigned int words = map_words(files->max_fds);

	while (words > 1 && !files->open_fds[words - 1])
		words--;
	return (unsigned int)roundup_pow_of_two(words * BITS_PER_LONG);
}

/* A copy is complete when each file has a reference more, and the reserved are free. */
static void adopt_files(struct files_struct *files)
{
	unsigned long fd;

	for_each_set_bit(fd, files->open_fds, files->max_fds)
	{
		if (files->fd[fd])
			get_file(files->fd[fd]);
		else
			mark_free(files, (unsigned int)fd);
	}
}

struct files_struct *dup_files(struct files_struct *old)
{
	struct files_struct *new = files_alloc();
	unsigned int max;

	if (!new)
		return NULL;
	spin_lock(&old->lock);
	while ((max = used_length(old)) > new->max_fds) {
		spin_unlock(&old->lock);
		if (expand_files(new, max)) {
			files_free(new);
			return NULL;
		}
		spin_lock(&old->lock);
	}
	copy_table(new, old, max);
	new->next_fd = old->next_fd;
	adopt_files(new);
	spin_unlock(&old->lock);
	return new;
}

int unshare_files(void)
{
	struct files_struct *old = current->files, *new;

	if (atomic_read(&old->count) == 1)
		return 0;
	new = dup_files(old);
	if (!new)
		return -ENOMEM;
	current->files = new;
	files_put(old);
	return 0;
}

void files_put(struct files_struct *files)
{
	unsigned long fd;

	if (!atomic_dec_and_test(&files->count))
		return;
	for_each_set_bit(fd, files->open_fds, files->max_fds)
	{
		if (files->fd[fd])
			filp_close(files->fd[fd], files);
		cond_resched();
	}
	files_free(files);
}

void exit_files(void)
{
	struct files_struct *files = current->files;

	current->files = NULL;
	if (files)
		files_put(files);
}

/* ---- opening ---------------------------------------------------------------------------- */

static unsigned int fd_limit(void)
{
	unsigned long limit = current->signal->rlim[RLIMIT_NOFILE].rlim_cur;

	return (unsigned int)min(limit, (unsigned long)NR_OPEN);
}

int get_unused_fd(unsigned int min, int flags)
{
	struct files_struct *files = current->files;
	unsigned int limit = fd_limit(), fd;
	int err;

	for (;;) {
		spin_lock(&files->lock);
		fd = find_free(files, max(min, files->next_fd));
		if (fd < files->max_fds && fd < limit)
			break;
		spin_unlock(&files->lock);
		if (fd >= limit)
			return -EMFILE;
		err = expand_files(files, fd + 1);
		if (err)
			return err;
	}
	mark_open(files, fd, flags);
	if (min <= files->next_fd)
		files->next_fd = fd + 1;
	spin_unlock(&files->lock);
	return (int)fd;
}

void fd_publish(unsigned int fd, struct file *file)
{
	struct files_struct *files = current->files;

	spin_lock(&files->lock);
	files->fd[fd] = file;
	spin_unlock(&files->lock);
}

void put_unused_fd(unsigned int fd)
{
	struct files_struct *files = current->files;

	spin_lock(&files->lock);
	mark_free(files, fd);
	spin_unlock(&files->lock);
}

int fd_install_from(struct file *file, unsigned int min, int flags)
{
	int fd = get_unused_fd(min, flags);

	if (fd >= 0)
		fd_publish((unsigned int)fd, file);
	return fd;
}

int fd_replace(unsigned int fd, struct file *file, int flags)
{
	struct files_struct *files = current->files;
	struct file *old;
	int err;

	if (fd >= fd_limit())
		return -EBADF;
	err = fd < files->max_fds ? 0 : expand_files(files, fd + 1);
	if (err)
		return err;
	spin_lock(&files->lock);
	old = files->fd[fd];
	if (!old && test_bit(fd, files->open_fds)) {
		spin_unlock(&files->lock);
		return -EBUSY;
	}
	files->fd[fd] = get_file(file);
	mark_open(files, fd, flags);
	spin_unlock(&files->lock);
	if (old)
		filp_close(old, files);
	return (int)fd;
}

/* ---- finding ---------------------------------------------------------------------------- */

struct file *fget_raw(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *file = NULL;

	spin_lock(&files->lock);
	if (fd < files->max_fds && files->fd[fd])
		file = get_file(files->fd[fd]);
	spin_unlock(&files->lock);
	return file;
}

struct file *fget(unsigned int fd)
{
	struct file *file = fget_raw(fd);

	if (likely(!file || !(file->f_mode & FMODE_PATH)))
		return file;
	fput(file);
	return NULL;
}

struct file *files_next(struct files_struct *files, unsigned int *fd)
{
	struct file *file = NULL;

	spin_lock(&files->lock);
	while (*fd < files->max_fds && !files->fd[*fd])
		*fd = (unsigned int)find_next_bit(files->open_fds, files->max_fds, *fd + 1);
	if (*fd < files->max_fds)
		file = get_file(files->fd[*fd]);
	spin_unlock(&files->lock);
	return file;
}

/* ---- closing ---------------------------------------------------------------------------- */

int filp_close(struct file *file, struct files_struct *files)
{
	int err = file->f_op->flush ? file->f_op->flush(file) : 0;

	locks_remove_posix(file, files);
	fput(file);
	return err;
}

int fd_close(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *file;

	spin_lock(&files->lock);
	file = take_out(files, fd);
	spin_unlock(&files->lock);
	return file ? filp_close(file, files) : -EBADF;
}

/* Closes the lowest descriptor of first..last that has its bit in the map; false: there is none. */
static bool close_next(struct files_struct *files, unsigned long *const *map, unsigned int *first,
		       unsigned int last)
{
	struct file *file = NULL;
	unsigned int fd;

	spin_lock(&files->lock);
	fd = (unsigned int)find_next_bit(*map, files->max_fds, *first);
	if (fd < files->max_fds && fd <= last) {
		file = take_out(files, fd);
		*first = fd + 1;
	} else {
		*first = files->max_fds;
	}
	spin_unlock(&files->lock);
	if (file)
		filp_close(file, files);
	return *first <= last && *first < files->max_fds;
}

void fd_close_range(unsigned int first, unsigned int last)
{
	struct files_struct *files = current->files;

	while (close_next(files, &files->open_fds, &first, last))
		cond_resched();
}

void close_on_exec(void)
{
	struct files_struct *files = current->files;
	unsigned int first = 0;

	while (close_next(files, &files->close_on_exec, &first, NR_OPEN))
		cond_resched();
}

void fd_cloexec_range(unsigned int first, unsigned int last)
{
	struct files_struct *files = current->files;
	unsigned long fd;

	spin_lock(&files->lock);
	for_each_set_bit(fd, files->open_fds, files->max_fds)
	{
		if (fd >= first && fd <= last)
			__set_bit(fd, files->close_on_exec);
	}
	spin_unlock(&files->lock);
}

bool get_close_on_exec(unsigned int fd)
{
	struct files_struct *files = current->files;
	bool set;

	spin_lock(&files->lock);
	set = fd < files->max_fds && test_bit(fd, files->close_on_exec);
	spin_unlock(&files->lock);
	return set;
}

void set_close_on_exec(unsigned int fd, bool set)
{
	struct files_struct *files = current->files;

	spin_lock(&files->lock);
	if (fd < files->max_fds && files->fd[fd]) {
		if (set)
			__set_bit(fd, files->close_on_exec);
		else
			__clear_bit(fd, files->close_on_exec);
	}
	spin_unlock(&files->lock);
}
