/* The root on a disk: the boot options root=, rootfstype=, rootflags=, ro and rw. */
#ifndef FOLIO_FS_ROOT_H
#define FOLIO_FS_ROOT_H

#include "kernel/lib/types.h"

/*
 * root_mount - if the option root= was given, mount that device over the first files, whose memory
 * is free then, with devtmpfs on its /dev and proc on its /proc where there are such folders. If it
 * cannot be, or if `usable`, which is asked when it is the root, finds it damaged or empty, a line
 * says why, and the first files stay the root. Boot, in the first task, when nothing runs from
 * them. May sleep.
 */
void root_mount(bool (*usable)(void));

#endif
