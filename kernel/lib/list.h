/*
 * Doubly linked circular lists whose links live inside the objects.
 *
 *        head            object A         object B
 *     +--------+       +----------+     +----------+
 *  +->|  next  |------>|   next   |---->|   next   |--+
 *  |  |  prev  |<------|   prev   |<----|   prev   |  |   (prev of head: B)
 *  |  +--------+       +----------+     +----------+  |
 *  +--------------------------------------------------+
 *
 * The head is itself a link, so that no operation has a special case for the
 * ends, and taking an object out needs no walk. An empty list is a head that
 * points to itself. list_entry() finds the object around a link.
 *
 * hlist is the variant for hash tables: its head is one pointer, and `pprev`
 * points to whichever pointer points here.
 *
 * No function here sleeps or takes a lock; the owner of the list locks it.
 */
#ifndef FOLIO_LIB_LIST_H
#define FOLIO_LIB_LIST_H

#include "kernel/lib/compiler.h"

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD_INIT(name)     \
	{                        \
		&(name), &(name) \
	}
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)

/*
 * What list_del() leaves behind in the debug kernel. Page 0 is never mapped,
 * in no process, so that following a dead link faults at an address one knows.
 */
#define LIST_POISON1 ((void *)0x100)
#define LIST_POISON2 ((void *)0x140)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

/* Links @entry between two neighbours: the one place where links are made. */
static inline void __list_add(struct list_head *entry, struct list_head *prev,
			      struct list_head *next)
{
	next->prev = entry;
	entry->next = next;
	entry->prev = prev;
	prev->next = entry;
}

/* Joins two links, dropping whatever was between them. */
static inline void __list_del(struct list_head *prev, struct list_head *next)
{
	next->prev = prev;
	prev->next = next;
}

/* Adds @entry right after @head: a stack, when @head is a list's head. */
static inline void list_add(struct list_head *entry, struct list_head *head)
{
	__list_add(entry, head, head->next);
}

/* Adds @entry right before @head: a queue, when @head is a list's head. */
static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	__list_add(entry, head->prev, head);
}

/* Takes @entry out of its list; its links are then meaningless (poisoned in the debug kernel). */
static inline void list_del(struct list_head *entry)
{
	__list_del(entry->prev, entry->next);
#ifdef CONFIG_DEBUG
	entry->next = LIST_POISON1;
	entry->prev = LIST_POISON2;
#endif
}

/* Takes @entry out of its list and makes it an empty list, so that list_empty() tells. */
static inline void list_del_init(struct list_head *entry)
{
	__list_del(entry->prev, entry->next);
	INIT_LIST_HEAD(entry);
}

/* Puts @entry, which is in no list, where @old is; @old's links are then meaningless. */
static inline void list_replace(struct list_head *old, struct list_head *entry)
{
	__list_add(entry, old->prev, old->next);
}

/* Moves @entry from the list it is in to the front of @head. */
static inline void list_move(struct list_head *entry, struct list_head *head)
{
	__list_del(entry->prev, entry->next);
	list_add(entry, head);
}

/* Moves @entry from the list it is in to the end of @head. */
static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
	__list_del(entry->prev, entry->next);
	list_add_tail(entry, head);
}

/* True if there is nothing in the list @head. */
static inline bool list_empty(const struct list_head *head)
{
	return READ_ONCE(head->next) == head;
}

/* True if @entry is the last of the list @head. */
static inline bool list_is_last(const struct list_head *entry, const struct list_head *head)
{
	return entry->next == head;
}

/* True if the list @head has exactly one entry. */
static inline bool list_is_singular(const struct list_head *head)
{
	return !list_empty(head) && head->next == head->prev;
}

/* Links the entries of the non-empty @list between @prev and @next. */
static inline void __list_splice(struct list_head *list, struct list_head *prev,
				 struct list_head *next)
{
	struct list_head *first = list->next, *last = list->prev;

	first->prev = prev;
	prev->next = first;
	last->next = next;
	next->prev = last;
}

/* Adds all entries of @list at the front of @head; @list itself is then meaningless. */
static inline void list_splice(struct list_head *list, struct list_head *head)
{
	if (!list_empty(list))
		__list_splice(list, head, head->next);
}

/* Adds all entries of @list at the end of @head; @list itself is then meaningless. */
static inline void list_splice_tail(struct list_head *list, struct list_head *head)
{
	if (!list_empty(list))
		__list_splice(list, head->prev, head);
}

/* Moves all entries of @list to the front of @head and leaves @list empty. */
static inline void list_splice_init(struct list_head *list, struct list_head *head)
{
	list_splice(list, head);
	INIT_LIST_HEAD(list);
}

/* Moves all entries of @list to the end of @head and leaves @list empty. */
static inline void list_splice_tail_init(struct list_head *list, struct list_head *head)
{
	list_splice_tail(list, head);
	INIT_LIST_HEAD(list);
}

/* The object of @type whose @member is the link @ptr. */
#define list_entry(ptr, type, member) container_of(ptr, type, member)
/* The first and last objects of a list that is not empty. */
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_last_entry(head, type, member)  list_entry((head)->prev, type, member)
/* The first object, or NULL if the list is empty. */
#define list_first_entry_or_null(head, type, member) \
	(list_empty(head) ? NULL : list_first_entry(head, type, member))
/* The object after or before @pos (the caller knows that there is one). */
#define list_next_entry(pos, member) list_entry((pos)->member.next, __typeof__(*(pos)), member)
#define list_prev_entry(pos, member) list_entry((pos)->member.prev, __typeof__(*(pos)), member)

/* Walks the bare links. */
#define list_for_each(pos, head) for ((pos) = (head)->next; (pos) != (head); (pos) = (pos)->next)

/* Walks the bare links; @pos may be taken out on the way (@n is the next link). */
#define list_for_each_safe(pos, n, head)                               \
	for ((pos) = (head)->next, (n) = (pos)->next; (pos) != (head); \
	     (pos) = (n), (n) = (pos)->next)

/* Walks the objects, first to last. */
#define list_for_each_entry(pos, head, member)                                                     \
	for ((pos) = list_first_entry(head, __typeof__(*(pos)), member); &(pos)->member != (head); \
	     (pos) = list_next_entry(pos, member))

/* Walks the objects, last to first. */
#define list_for_each_entry_reverse(pos, head, member)                                            \
	for ((pos) = list_last_entry(head, __typeof__(*(pos)), member); &(pos)->member != (head); \
	     (pos) = list_prev_entry(pos, member))

/* Walks on after @pos. */
#define list_for_each_entry_continue(pos, head, member)                      \
	for ((pos) = list_next_entry(pos, member); &(pos)->member != (head); \
	     (pos) = list_next_entry(pos, member))

/* Walks on from @pos, which is the first one visited. */
#define list_for_each_entry_from(pos, head, member) \
	for (; &(pos)->member != (head); (pos) = list_next_entry(pos, member))

/* Walks the objects; @pos may be taken out or freed on the way (@n is the next one). */
#define list_for_each_entry_safe(pos, n, head, member)                   \
	for ((pos) = list_first_entry(head, __typeof__(*(pos)), member), \
	    (n) = list_next_entry(pos, member);                          \
	     &(pos)->member != (head); (pos) = (n), (n) = list_next_entry(n, member))

/* Hash-table lists: the head is one pointer, zero is empty. */
struct hlist_head {
	struct hlist_node *first;
};

struct hlist_node {
	struct hlist_node *next, **pprev;
};

#define HLIST_HEAD_INIT \
	{               \
		NULL    \
	}
#define HLIST_HEAD(name) struct hlist_head name = HLIST_HEAD_INIT

static inline void INIT_HLIST_HEAD(struct hlist_head *head)
{
	head->first = NULL;
}

static inline void INIT_HLIST_NODE(struct hlist_node *node)
{
	node->next = NULL;
	node->pprev = NULL;
}

/* True if @node, initialised or taken out by hlist_del_init(), is in no list. */
static inline bool hlist_unhashed(const struct hlist_node *node)
{
	return !node->pprev;
}

static inline bool hlist_empty(const struct hlist_head *head)
{
	return !READ_ONCE(head->first);
}

/* Adds @node at the front of @head. */
static inline void hlist_add_head(struct hlist_node *node, struct hlist_head *head)
{
	struct hlist_node *first = head->first;

	node->next = first;
	if (first)
		first->pprev = &node->next;
	head->first = node;
	node->pprev = &head->first;
}

/* Adds @node right after @prev, which is in a list. */
static inline void hlist_add_behind(struct hlist_node *node, struct hlist_node *prev)
{
	node->next = prev->next;
	prev->next = node;
	node->pprev = &prev->next;
	if (node->next)
		node->next->pprev = &node->next;
}

static inline void __hlist_del(struct hlist_node *node)
{
	*node->pprev = node->next;
	if (node->next)
		node->next->pprev = node->pprev;
}

/* Takes @node out; its links are then meaningless (poisoned in the debug kernel). */
static inline void hlist_del(struct hlist_node *node)
{
	__hlist_del(node);
#ifdef CONFIG_DEBUG
	node->next = LIST_POISON1;
	node->pprev = LIST_POISON2;
#endif
}

/* Takes @node out if it is in a list; hlist_unhashed() is then true. */
static inline void hlist_del_init(struct hlist_node *node)
{
	if (!hlist_unhashed(node)) {
		__hlist_del(node);
		INIT_HLIST_NODE(node);
	}
}

#define hlist_entry(ptr, type, member) container_of(ptr, type, member)
#define hlist_entry_safe(ptr, type, member)                                \
	({                                                                 \
		__typeof__(ptr) _hlist_ptr = (ptr);                        \
		_hlist_ptr ? hlist_entry(_hlist_ptr, type, member) : NULL; \
	})

/* Walks the objects of a hash chain. */
#define hlist_for_each_entry(pos, head, member)                                          \
	for ((pos) = hlist_entry_safe((head)->first, __typeof__(*(pos)), member); (pos); \
	     (pos) = hlist_entry_safe((pos)->member.next, __typeof__(*(pos)), member))

/* Walks the objects; @pos may be taken out or freed (@n is a struct hlist_node pointer). */
#define hlist_for_each_entry_safe(pos, n, head, member)                           \
	for ((pos) = hlist_entry_safe((head)->first, __typeof__(*(pos)), member); \
	     (pos) && ((n) = (pos)->member.next, true);                           \
	     (pos) = hlist_entry_safe(n, __typeof__(*(pos)), member))

#endif
