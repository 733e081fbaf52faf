/*
 * Which driver serves which numbers: a list, ordered by number, of ranges of minors. It is
 * searched only when a node is opened; from then on the file has the driver's own operations.
 *
 * Lock: chrdevs_lock. What a range points to stays, for drivers do not go away.
 */
#include "kernel/fs/chrdev.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/errno.h"
#include "mm/slab.h"

#define MAX_MAJOR	 4095u /* 12 bits */
#define LAST_FREE_MAJOR	 254u  /* Linux gives these to who has no number of its own */
#define FIRST_FREE_MAJOR 234u

struct chrdev_range {
	struct list_head list;
	unsigned int major, base, count;
	const char *name;
	const struct file_operations *fops;
};

static LIST_HEAD(chrdevs);
static DEFINE_SPINLOCK(chrdevs_lock);

static bool major_in_use(unsigned int major)
{
	struct chrdev_range *range;

	list_for_each_entry (range, &chrdevs, list)
		if (range->major == major)
			return true;
	return false;
}

static unsigned int choose_major(void)
{
	unsigned int major = LAST_FREE_MAJOR;

	while (major >= FIRST_FREE_MAJOR && major_in_use(major))
		major--;
	return major >= FIRST_FREE_MAJOR ? major : 0;
}

/* Puts a range into its place. -EBUSY: another has some of its numbers. */
static int insert_range(struct chrdev_range *new)
{
	struct list_head *before = &chrdevs;
	struct chrdev_range *range;

	if (!new->major)
		new->major = choose_major();
	if (!new->major)
		return -EBUSY;
	list_for_each_entry (range, &chrdevs, list) {
		if (range->major == new->major &&
		    range->base < new->base + new->count &&new->base < range->base + range->count)
			return -EBUSY;
		if (MKDEV(range->major, range->base) < MKDEV(new->major, new->base))
			before = &range->list;
	}
	list_add(&new->list, before);
	return (int)new->major;
}

int register_chrdev(unsigned int major, unsigned int base, unsigned int count, const char *name,
		    const struct file_operations *fops)
{
	struct chrdev_range *range;
	int ret;

	if (major > MAX_MAJOR || !count || count > BIT(MINORBITS) || base > BIT(MINORBITS) - count)
		return -EINVAL;
	range = kmalloc(sizeof(*range), GFP_KERNEL);
	if (!range)
		return -ENOMEM;
	*range = (struct chrdev_range){
		.major = major, .base = base, .count = count, .name = name, .fops = fops};
	spin_lock(&chrdevs_lock);
	ret = insert_range(range);
	spin_unlock(&chrdevs_lock);
	if (ret < 0)
		kfree(range);
	return ret;
}

void unregister_chrdev(unsigned int major, unsigned int base, unsigned int count)
{
	struct chrdev_range *range, *found = NULL;

	spin_lock(&chrdevs_lock);
	list_for_each_entry (range, &chrdevs, list) {
		if (range->major == major && range->base == base && range->count == count)
			found = range;
	}
	if (found)
		list_del(&found->list);
	spin_unlock(&chrdevs_lock);
	kfree(found);
}

static const struct file_operations *find_driver(dev_t dev)
{
	const struct file_operations *fops = NULL;
	struct chrdev_range *range;

	spin_lock(&chrdevs_lock);
	list_for_each_entry (range, &chrdevs, list) {
		if (range->major == MAJOR(dev) && MINOR(dev) - range->base < range->count) {
			fops = range->fops;
			break;
		}
	}
	spin_unlock(&chrdevs_lock);
	return fops;
}

static int chrdev_open(struct inode *inode, struct file *file)
{
	const struct file_operations *fops = find_driver(inode->i_rdev);

	if (!fops)
		return -ENXIO;
	file->f_op = fops;
	if (!fops->llseek)
		file->f_mode &= ~FMODE_LSEEK;
	return fops->open ? fops->open(inode, file) : 0;
}

const struct file_operations def_chr_fops = {.open = chrdev_open};

int for_each_chrdev(int (*fn)(unsigned int major, const char *name, void *ctx), void *ctx)
{
	struct chrdev_range *range;
	int ret = 0;

	spin_lock(&chrdevs_lock);
	list_for_each_entry (range, &chrdevs, list) {
		ret = fn(range->major, range->name, ctx);
		if (ret)
			break;
	}
	spin_unlock(&chrdevs_lock);
	return ret;
}

void chrdev_init(void)
{
	set_special_fops(S_IFCHR, &def_chr_fops);
}
