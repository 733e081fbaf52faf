/* The first files. */
#include "kernel/fs/initramfs.h"

#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"

void initramfs_unpack(void)
{
	do_mkdirat(AT_FDCWD, "/boot", 0755);
	do_mkdirat(AT_FDCWD, "/dev", 0755);
	do_mkdirat(AT_FDCWD, "/proc", 0555);
	do_mount("proc", "/proc", "proc", 0, NULL);
}
