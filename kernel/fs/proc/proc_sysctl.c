/*
 * /proc/sys: the kernel's settings, one file each. A table says what a file is: a number with
 * its limits, or a text; reading and writing is done here.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/proc/proc.h"
#include "kernel/lib/ctype.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/kstrtox.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/printk.h"
#include "kernel/random.h"
#include "kernel/task.h"
#include "kernel/utsname.h"
#include "mm/mmap.h"
#include "mm/overcommit.h"
#include "mm/vmscan.h"
#include "mm/writeback.h"

#define CENTISECS_MAX 10000000 /* a day and more; in jiffies it must stay far from overflow */
#define TEXT_MAX      128      /* bytes that are written or read at once */

struct sysctl {
	enum { SYSCTL_INT, SYSCTL_ULONG, SYSCTL_TEXT, SYSCTL_UUID } kind;
	void *value;
	unsigned long min, max; /* of a number; max: size of a text's buffer */
	void (*changed)(void);	/* it was written; NULL: nobody must know */
};

static const unsigned long ngroups_max = NGROUPS_MAX, pid_max = PID_MAX;
static const unsigned long threads_max = PID_MAX - 1, entropy = 256;
static char boot_id[40];

/* Random bits in the form of RFC 4122, 4.4. */
static void make_uuid(char *text, size_t size)
{
	u8 b[16];

	get_random_bytes(b, sizeof(b));
	b[6] = (u8)((b[6] & 0x0f) | 0x40);
	b[8] = (u8)((b[8] & 0x3f) | 0x80);
	snprintf(text, size, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12],
		 b[13], b[14], b[15]);
}

/* ------------------------------------------------------------ reading */

static void format(const struct sysctl *ctl, char *text)
{
	switch (ctl->kind) {
	case SYSCTL_INT:
		snprintf(text, TEXT_MAX, "%d\n", *(const int *)ctl->value);
		break;
	case SYSCTL_ULONG:
		snprintf(text, TEXT_MAX, "%lu\n", *(const unsigned long *)ctl->value);
		break;
	case SYSCTL_TEXT:
		snprintf(text, TEXT_MAX, "%s\n", (const char *)ctl->value);
		break;
	case SYSCTL_UUID:
		make_uuid(text, TEXT_MAX - 1);
		strlcat(text, "\n", TEXT_MAX);
		break;
	}
}

static const struct sysctl *sysctl_of(const struct file *file)
{
	return proc_entry_of(file->f_inode)->data;
}

static ssize_t sysctl_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	char text[TEXT_MAX];
	loff_t len;
	size_t n;

	format(sysctl_of(file), text);
	len = (loff_t)strlen(text);
	if (*pos >= len)
		return 0;
	n = (size_t)min((loff_t)count, len - *pos);
	if (copy_to_user(buf, text + *pos, n))
		return -EFAULT;
	*pos += (loff_t)n;
	return (ssize_t)n;
}

/* ------------------------------------------------------------ writing */

static int store_number(const struct sysctl *ctl, const char *text)
{
	unsigned long number;
	int error = kstrtoul(text, 10, &number);

	if (error)
		return error;
	if (number < ctl->min || number > ctl->max)
		return -EINVAL;
	if (ctl->kind == SYSCTL_INT)
		*(int *)ctl->value = (int)number;
	else
		*(unsigned long *)ctl->value = number;
	return 0;
}

static ssize_t sysctl_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	const struct sysctl *ctl = sysctl_of(file);
	char text[TEXT_MAX];
	size_t len = min(count, (size_t)TEXT_MAX - 1);
	int error = 0;

	if (*pos)
		return (ssize_t)count; /* all of it was in the first piece */
	if (copy_from_user(text, buf, len))
		return -EFAULT;
	while (len && isspace(text[len - 1]))
		len--;
	text[len] = 0;
	if (ctl->kind == SYSCTL_TEXT)
		strlcpy(ctl->value, text, ctl->max);
	else
		error = store_number(ctl, text);
	if (error)
		return error;
	if (ctl->changed)
		ctl->changed();
	*pos += (loff_t)count;
	return (ssize_t)count;
}

static const struct file_operations sysctl_fops = {
	.read = sysctl_read,
	.write = sysctl_write,
};

/* ------------------------------------------------------------ the table */

/* Linux's /proc/sys/vm/drop_caches: bit 0 the clean pages of files, bit 1 names and inodes. */
static unsigned int drop_caches;

static void caches_to_drop(void)
{
	if (drop_caches & 1)
		drop_pagecache();
	if (drop_caches & 2)
		drop_slab();
}

static void period_changed(void)
{
	wakeup_flusher(0);
}

#define NUMBER(k, var, lowest, highest) \
	(&(struct sysctl){.kind = (k), .value = (void *)&(var), .min = (lowest), .max = (highest)})
#define INT(var, lowest, highest) NUMBER(SYSCTL_INT, var, lowest, highest)
#define INT_HOOK(var, lowest, highest, fn)         \
	(&(struct sysctl){.kind = SYSCTL_INT,      \
			  .value = (void *)&(var), \
			  .min = (lowest),         \
			  .max = (highest),        \
			  .changed = (fn)})
#define ULONG(var, lowest, highest) NUMBER(SYSCTL_ULONG, var, lowest, highest)
#define TEXT(array)		    (&(struct sysctl){.kind = SYSCTL_TEXT, .value = (array), .max = sizeof(array)})

#define SETTING(n, m, ctl)                                                    \
	{                                                                     \
		.name = (n), .mode = (m), .fops = &sysctl_fops, .data = (ctl) \
	}

static struct proc_entry sys_folder = {.name = "sys"};
static struct proc_entry folders[] = {{.name = "vm"}, {.name = "kernel"}};
static struct proc_entry random_folder = {.name = "random"};
enum { VM, KERNEL };

static struct proc_entry vm_entries[] = {
	SETTING("overcommit_memory", 0644, INT(sysctl_overcommit_memory, 0, 2)),
	SETTING("overcommit_ratio", 0644, INT(sysctl_overcommit_ratio, 0, 0x7fffffff)),
	SETTING("mmap_min_addr", 0644, ULONG(mmap_min_addr, 0, TASK_SIZE)),
	SETTING("dirty_ratio", 0644, INT(dirty_ratio, 0, 100)),
	SETTING("dirty_background_ratio", 0644, INT(dirty_background_ratio, 0, 100)),
	SETTING("dirty_expire_centisecs", 0644, INT(dirty_expire_centisecs, 0, CENTISECS_MAX)),
	SETTING("dirty_writeback_centisecs", 0644,
		INT_HOOK(dirty_writeback_centisecs, 0, CENTISECS_MAX, period_changed)),
	SETTING("drop_caches", 0200, INT_HOOK(drop_caches, 1, 3, caches_to_drop)),
	SETTING("max_map_count", 0644, INT(sysctl_max_map_count, 0, 0x7fffffff)),
};

static struct proc_entry kernel_entries[] = {
	SETTING("ostype", 0444, TEXT(system_utsname.sysname)),
	SETTING("osrelease", 0444, TEXT(system_utsname.release)),
	SETTING("version", 0444, TEXT(system_utsname.version)),
	SETTING("hostname", 0644, TEXT(system_utsname.nodename)),
	SETTING("domainname", 0644, TEXT(system_utsname.domainname)),
	SETTING("randomize_va_space", 0644, INT(randomize_va_space, 0, 2)),
	SETTING("printk", 0644, INT(console_loglevel, 0, LOGLEVEL_ALL)),
	SETTING("pid_max", 0444, ULONG(pid_max, 0, 0)),
	SETTING("threads-max", 0444, ULONG(threads_max, 0, 0)),
	SETTING("ngroups_max", 0444, ULONG(ngroups_max, 0, 0)),
};

static struct proc_entry random_entries[] = {
	SETTING("boot_id", 0444, TEXT(boot_id)),
	SETTING("uuid", 0444, &(struct sysctl){.kind = SYSCTL_UUID}),
	SETTING("entropy_avail", 0444, ULONG(entropy, 0, 0)),
	SETTING("poolsize", 0444, ULONG(entropy, 0, 0)),
};

void proc_sysctl_init(void)
{
	make_uuid(boot_id, sizeof(boot_id));
	proc_register(NULL, &sys_folder);
	proc_register_all(&sys_folder, folders);
	proc_register_all(&folders[VM], vm_entries);
	proc_register_all(&folders[KERNEL], kernel_entries);
	proc_register(&folders[KERNEL], &random_folder);
	proc_register_all(&random_folder, random_entries);
}
