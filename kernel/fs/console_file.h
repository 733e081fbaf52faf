/* The console as a file: where a first program's output goes. */
#ifndef FOLIO_FS_CONSOLE_FILE_H
#define FOLIO_FS_CONSOLE_FILE_H

#include "kernel/fs/fs.h"

/* console_open - the console for writing; one reference, or ERR_PTR(-ENOMEM). May sleep. */
struct file *console_open(void);

#endif
