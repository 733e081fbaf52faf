/*
 * Changing the rights of memory.
 */
#ifndef FOLIO_MM_MPROTECT_H
#define FOLIO_MM_MPROTECT_H

#define PROT_SEM       0x8ul	    /* for atomic operations: all memory is */
#define PROT_GROWSDOWN 0x01000000ul /* from the start of an area that grows down */
#define PROT_GROWSUP   0x02000000ul

/* mprotect(2): 0, or -EINVAL, -ENOMEM, -EACCES. Takes mmap_sem. May sleep. */
int vm_mprotect(unsigned long addr, unsigned long len, unsigned long prot);

#endif
