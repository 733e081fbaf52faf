/*
 * The two 8259A interrupt controllers, the second behind line 2 of the first
 * (Intel 8259A data sheet, order 231468). Call with interrupts disabled.
 */
#ifndef FOLIO_CPU_PIC_H
#define FOLIO_CPU_PIC_H

#include "kernel/lib/compiler.h"

/* pic_init - remap the lines to vectors `base`..`base`+15, all masked but the cascade. */
void pic_init(unsigned int base);

void pic_mask(unsigned int irq);
void pic_unmask(unsigned int irq);

/* pic_eoi - the interrupt has been served; the PIC may send others. */
void pic_eoi(unsigned int irq);

/*
 * pic_spurious - true if line 7 or 15 fired though no device asked any more; what
 * has to be acknowledged then has been.
 */
bool pic_spurious(unsigned int irq);

/* pic_pending - does a device ask for line `irq` at this moment? */
bool pic_pending(unsigned int irq);

#endif
