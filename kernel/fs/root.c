/*
 * The root on a disk.
 *
 * The machine has come up with the first files as its root (kernel/fs/initramfs.c), and devices are
 * known. Now the file system that root= names takes their place. Its type is tried out, as a person
 * would: each that lives on a device looks whether it knows what it finds (-EINVAL: it does not).
 *
 *	root=/dev/hda1   root=hda1   root=0301   root=3:1	the same
 *
 * If nothing comes of it the machine goes on with the first files: there is a shell in them, and
 * with it a way to see what is wrong.
 */
#include "kernel/fs/root.h"

#include "kernel/drivers/block/blkdev.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/kstrtox.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/options.h"
#include "kernel/printk.h"

#define DEV "/dev/"

static const char *root_name;  /* root= */
static const char *root_type;  /* rootfstype= */
static const char *root_data;  /* rootflags= */
static unsigned long ms_flags; /* ro */

/* ---- options --------------------------------------------------------------------------------- */

static int set_text(const char **option, const char *value)
{
	if (!value || !*value)
		return -EINVAL;
	*option = value;
	return 0;
}

static int set_root(const char *value)
{
	return set_text(&root_name, value);
}
BOOT_OPTION("root", set_root);

static int set_rootfstype(const char *value)
{
	return set_text(&root_type, value);
}
BOOT_OPTION("rootfstype", set_rootfstype);

static int set_rootflags(const char *value)
{
	return set_text(&root_data, value);
}
BOOT_OPTION("rootflags", set_rootflags);

static int set_ro(const char *value)
{
	ms_flags |= MS_RDONLY;
	return value ? -EINVAL : 0;
}
BOOT_OPTION("ro", set_ro);

static int set_rw(const char *value)
{
	ms_flags &= ~MS_RDONLY;
	return value ? -EINVAL : 0;
}
BOOT_OPTION("rw", set_rw);

/* ---- which device ---------------------------------------------------------------------------- */

/* "3:1", or "0301": major and minor with two digits each, as boot loaders wrote it. */
static struct block_device *find_by_number(const char *text)
{
	char *end;
	unsigned long first = (unsigned long)simple_strtoull(text, &end, 10);
	unsigned int number;

	if (*end == ':' && !kstrtouint(end + 1, 10, &number))
		return bdev_by_dev(MKDEV(first, number));
	return kstrtouint(text, 16, &number) ? NULL : bdev_by_dev(new_decode_dev(number));
}

static struct block_device *find_device(const char *text)
{
	struct block_device *bdev;

	if (!strncmp(text, DEV, strlen(DEV)))
		text += strlen(DEV);
	bdev = bdev_by_name(text);
	return bdev ? bdev : find_by_number(text);
}

static int add_name(struct block_device *bdev, void *ctx)
{
	char *text = ctx;
	size_t used = strlen(text);

	snprintf(text + used, 128 - used, " %s", bdev->bd_name);
	return 0;
}

static void list_devices(void)
{
	char text[128] = "";

	for_each_bdev(add_name, text);
	if (*text)
		pr_info("root: the disks and their partitions:%s\n", text);
	else
		pr_info("root: there is no disk\n");
}

/* ---- which type ------------------------------------------------------------------------------ */

struct nth_type {
	unsigned int n;
	const char *name;
};

static int look_at_type(struct file_system_type *type, void *ctx)
{
	struct nth_type *nth = ctx;

	if (!(type->fs_flags & FS_REQUIRES_DEV) || nth->n--)
		return 0;
	nth->name = type->name;
	return 1;
}

/* The n-th type that lives on devices, or NULL: one at a time, since mounting sleeps. */
static const char *type_number(unsigned int n)
{
	struct nth_type nth = {.n = n};

	if (root_type)
		return n ? NULL : root_type;
	for_each_filesystem(look_at_type, &nth);
	return nth.name;
}

/* What cannot be written to is read. */
static int mount_as(const char *path, const char *type, bool (*usable)(void))
{
	int err = mount_root(path, type, ms_flags, root_data, usable);

	if (err == -EACCES && !(ms_flags & MS_RDONLY)) {
		ms_flags |= MS_RDONLY;
		err = mount_root(path, type, ms_flags, root_data, usable);
	}
	return err;
}

static int try_types(const char *path, const char **type, bool (*usable)(void))
{
	int err = -EINVAL;

	for (unsigned int n = 0; err == -EINVAL && (*type = type_number(n)); n++)
		err = mount_as(path, *type, usable);
	return err;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static const struct {
	int err;
	const char *text;
} reasons[] = {
	{-ENXIO, "there is no such disk or partition"},
	{-ENODEV, "this kernel does not know that type of file system"},
	{-EINVAL, "no file system is recognised on it, or an option is wrong"},
	{-EUCLEAN, "the file system is damaged"},
	{-ENOEXEC, "there is no init on it that can be run"},
	{-EIO, "it cannot be read"},
	{-EBUSY, "it is in use"},
	{-ENOMEM, "there is too little memory"},
};

static void report_failure(int err)
{
	const char *why = NULL;

	for (unsigned int i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].err == err)
			why = reasons[i].text;
	if (why)
		pr_err("root: %s cannot be mounted: %s\n", root_name, why);
	else
		pr_err("root: %s cannot be mounted: error %d\n", root_name, -err);
	list_devices();
	pr_notice("root: the first files stay the root\n");
}

/* The kernel's own file systems, if there is a place for them. */
static void mount_on(const char *dir, const char *type)
{
	int err = do_mount(type, dir, type, 0, NULL);

	if (err && err != -ENOENT)
		pr_warn("root: %s cannot be mounted on %s: error %d\n", type, dir, -err);
}

void root_mount(bool (*usable)(void))
{
	struct block_device *bdev;
	char path[sizeof(DEV) + sizeof(bdev->bd_name)];
	const char *type;
	int err;

	if (!root_name)
		return;
	bdev = find_device(root_name);
	if (!bdev) {
		report_failure(-ENXIO);
		return;
	}
	/* An archive of somebody else's may have no place for nodes. */
	if (do_mkdirat(AT_FDCWD, DEV, 0755) != -EEXIST)
		do_mount("devtmpfs", DEV, "devtmpfs", 0, NULL);
	snprintf(path, sizeof(path), DEV "%s", bdev->bd_name);
	err = try_types(path, &type, usable);
	if (err) {
		report_failure(err);
		return;
	}
	mount_on("/dev", "devtmpfs");
	mount_on("/proc", "proc");
	pr_info("root: %s, %s%s\n", path, type, ms_flags & MS_RDONLY ? ", read-only" : "");
}
