/*
 * Inodes and open files: counted objects. An inode lives as long as a file is
 * open on it or somebody else holds it; a file as long as a descriptor or a
 * mapping holds it. Both counts are atomic; nothing here takes a lock.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/file.h"
#include "mm/slab.h"

static struct kmem_cache *file_cache;

void file_init(void)
{
	file_cache = kmem_cache_create("file", sizeof(struct file), 0, SLAB_PANIC, NULL);
}

void inode_init(struct inode *inode, u64 size, void (*release)(struct inode *))
{
	static unsigned long last_ino;
	struct address_space *mapping = &inode->i_data;

	*inode = (struct inode){.i_ino = ++last_ino, .i_size = (loff_t)size, .i_release = release};
	atomic_set(&inode->i_count, 1);
	mapping->host = inode;
	INIT_RADIX_TREE(&mapping->page_tree);
	spin_lock_init(&mapping->tree_lock, "tree_lock");
	mapping->i_mmap = RB_ROOT;
	spin_lock_init_rank(&mapping->i_mmap_lock, "i_mmap_lock", LOCK_RANK_I_MMAP);
}

void ihold(struct inode *inode)
{
	atomic_inc(&inode->i_count);
}

void iput(struct inode *inode)
{
	if (atomic_dec_and_test(&inode->i_count) && inode->i_release)
		inode->i_release(inode);
}

struct file *file_alloc(struct inode *inode, unsigned int mode, const struct file_operations *op,
			const char *name)
{
	struct file *file = kmem_cache_alloc(file_cache, GFP_KERNEL);

	if (!file)
		return NULL;
	ihold(inode);
	*file = (struct file){
		.f_mode = mode,
		.f_name = name,
		.f_inode = inode,
		.f_mapping = &inode->i_data,
		.f_op = op,
	};
	atomic_set(&file->f_count, 1);
	return file;
}

void fput(struct file *file)
{
	if (!atomic_dec_and_test(&file->f_count))
		return;
	if (file->f_op->release)
		file->f_op->release(file);
	iput(file->f_inode);
	kmem_cache_free(file_cache, file);
}

/* What one call transfers at most: the result is a signed number. */
static size_t clamp_count(size_t count)
{
	return min(count, (size_t)MAX_RW_COUNT);
}

ssize_t file_read(struct file *file, char __user *buf, size_t count)
{
	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	if (!file->f_op->read)
		return -EINVAL;
	if (!access_ok(buf, count))
		return -EFAULT;
	return file->f_op->read(file, buf, clamp_count(count), &file->f_pos);
}

ssize_t file_write(struct file *file, const char __user *buf, size_t count)
{
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!file->f_op->write)
		return -EINVAL;
	if (!access_ok(buf, count))
		return -EFAULT;
	return file->f_op->write(file, buf, clamp_count(count), &file->f_pos);
}

/*
 * One buffer after the other until one is cut short. An error counts only if
 * nothing was written before it.
 */
ssize_t file_writev(struct file *file, const struct iovec *iov, unsigned int nr)
{
	ssize_t done = 0;

	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	for (unsigned int i = 0; i < nr; i++) {
		ssize_t n;

		if (!iov[i].iov_len)
			continue;
		n = file_write(file, iov[i].iov_base, iov[i].iov_len);
		if (n < 0)
			return done ? done : n;
		done += n;
		if ((size_t)n < iov[i].iov_len)
			break;
	}
	return done;
}
