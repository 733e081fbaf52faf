/* The two halves of a device number, as the kernel packs them. */
#ifndef _SYS_SYSMACROS_H
#define _SYS_SYSMACROS_H

#define major(dev) ((unsigned int)((dev) >> 8 & 0xfff))
#define minor(dev) ((unsigned int)(((dev)&0xff) | ((dev) >> 12 & 0xfff00)))
#define makedev(major, minor) \
	((dev_t)((minor)&0xff) | (dev_t)((major)&0xfff) << 8 | (dev_t)((minor)&0xfff00) << 12)

#endif
