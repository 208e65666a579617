/*
 * What the parts of an index request have in common: clauses (request_clauses.c), orders (request_orders.c), and the
 * request itself (requests.c).
 */
#ifndef PGASSAY_REQUEST_PARTS_H
#define PGASSAY_REQUEST_PARTS_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "nodes/pathnodes.h"

typedef struct Operand {
  AttrNumber column; /* 0: not a plain column of the relation */
  Node* expression;  /* where `column` is 0: what an index on an expression could hold, or NULL */
  Oid type;          /* of either */
  Oid opfamily;      /* of the default B-tree operator class of the type */
  Oid collation;
} Operand;

/* request_parts.c */

/* A comma, unless a JSON array or object has just begun. */
extern void pgassay_append_separator(StringInfo out);

/* -1 for what JSON has no number for. */
extern void pgassay_append_number(StringInfo out, double number);

extern Node* pgassay_strip_relabels(Node* node);

/* The plain user column of `rel` that `node` is, with what a B-tree on it would offer. */
extern Operand pgassay_operand_of(const RelOptInfo* rel, Node* node);

/* The same, or an expression on nothing but columns of `rel` that an index may hold. */
extern Operand pgassay_indexable_of(PlannerInfo* root, const RelOptInfo* rel, Node* node);

/* Where a constant lies among those of its kind: numbers by themselves, times by the seconds since 1970. False: it is
 * neither. */
extern bool pgassay_place_of(const Const* constant, double* value, bool* time);

/* request_access.c: the other access methods and operator classes that serve `operator` on `type`, as the JSON member
 * "access". */
extern void pgassay_append_access(StringInfo out, Oid operator, Oid type);

/* request_clauses.c: readable text of something that names no relation but `rel`; empty where that is not so. */
extern char* pgassay_text_on(PlannerInfo* root, const RelOptInfo* rel, Node* node);

/* request_clauses.c: a condition on `rel`; `join`: one that names other relations too. */
extern void pgassay_append_restriction(StringInfo out, PlannerInfo* root, const RelOptInfo* rel,
                                       RestrictInfo* restriction, bool join);

/* Columns of `rel` that are equal to something of another relation, derived equalities included. */
extern void pgassay_append_equivalences(StringInfo out, PlannerInfo* root, const RelOptInfo* rel);

/* request_orders.c: the leading part of `pathkeys` that columns of `rel` supply. */
extern void pgassay_append_order(StringInfo out, const RelOptInfo* rel, const char* purpose, List* pathkeys);

#endif
