/* Breaking the kernel on purpose: boot option panic_test=KIND, for the system tests. */
#ifndef FOLIO_TESTS_TEST_PANIC_H
#define FOLIO_TESTS_TEST_PANIC_H

/* panic_test_run - do what was asked for, if anything was. Called before the self-tests. */
void panic_test_run(void);

#endif
