/* System calls that mount and unmount: strings come from the program, kernel/fs/mount.c does it. */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/syscall_fs.h"

/* A string that may be left out: NULL stays NULL. */
static char *optional_name(const char __user *name)
{
	return name ? getname_flags(name, LOOKUP_EMPTY) : NULL;
}

static void put_optional(char *name)
{
	if (name && !IS_ERR(name))
		putname(name);
}

/* Options: up to a page of what can be read there, ended by us. Not one byte: -EFAULT. */
static char *get_options(const void __user *data)
{
	char *page;
	size_t bad;

	if (!data)
		return NULL;
	page = getname_buffer();
	if (!page)
		return ERR_PTR(-ENOMEM);
	bad = copy_from_user(page, data, PATH_MAX - 1);
	page[PATH_MAX - 1] = 0;
	if (bad < PATH_MAX - 1)
		return page;
	putname(page);
	return ERR_PTR(-EFAULT);
}

long sys_mount(const char __user *dev_name, const char __user *dir, const char __user *type,
	       unsigned long flags, const void __user *data)
{
	char *text[4] = {optional_name(type), NULL, NULL, NULL};
	long err = 0;

	text[1] = IS_ERR(text[0]) ? NULL : optional_name(dev_name);
	text[2] = IS_ERR(text[1]) ? NULL : get_options(data);
	text[3] = IS_ERR(text[2]) ? NULL : getname(dir);
	for (unsigned int i = 0; i < ARRAY_SIZE(text) && !err; i++)
		err = IS_ERR(text[i]) ? PTR_ERR(text[i]) : 0;
	if (!err)
		err = do_mount(text[1], text[3], text[0], flags, text[2]);
	for (unsigned int i = 0; i < ARRAY_SIZE(text); i++)
		put_optional(text[i]);
	return err;
}

long sys_umount2(const char __user *dir, int flags)
{
	char *name = getname(dir);
	long err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = do_umount(name, (unsigned int)flags);
	putname(name);
	return err;
}

long sys_umount(const char __user *dir)
{
	return sys_umount2(dir, 0);
}
