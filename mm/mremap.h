/*
 * Mappings that change their size or their place.
 */
#ifndef FOLIO_MM_MREMAP_H
#define FOLIO_MM_MREMAP_H

#define MREMAP_MAYMOVE 1ul
#define MREMAP_FIXED   2ul

/*
 * vm_mremap - mremap(2). Returns the address, or -EINVAL, -EFAULT, -ENOMEM, -EAGAIN, -EPERM.
 * MREMAP_DONTUNMAP is not served: -EINVAL. Takes mmap_sem. May sleep.
 */
unsigned long vm_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
			unsigned long flags, unsigned long new_addr);

#endif
