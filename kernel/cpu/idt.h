/* The interrupt descriptor table (Intel SDM vol. 3A, 6.10 to 6.11). */
#ifndef FOLIO_CPU_IDT_H
#define FOLIO_CPU_IDT_H

/* idt_init - fill and load the table: exceptions, interrupt lines, system call. Boot. */
void idt_init(void);

#endif
