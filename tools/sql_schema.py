"""The schema that migrations make, and the rules that schema.def is held to (tools/check_sql.py)."""
import pglast
from pglast import ast, enums

TYPES = {"l_int", "l_text", "l_bytes"}
KINDS = {enums.ConstrType[name] for name in
         ("CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_NOTNULL", "CONSTR_NULL", "CONSTR_DEFAULT")}
SEQUENCES = {enums.ConstrType[name] for name in ("CONSTR_IDENTITY", "CONSTR_GENERATED")}


def nodes(node):
    """A node and all below it."""
    if isinstance(node, ast.Node):
        yield node
        for name in node:
            yield from nodes(getattr(node, name))
    elif isinstance(node, (tuple, list)):
        for one in node:
            yield from nodes(one)


class Table:
    def __init__(self, born):
        self.born, self.columns, self.keys = born, {}, []  # keys: (columns, what it is)


class Column:
    def __init__(self, born, nullable, kind="l_int"):
        self.born, self.nullable, self.kind = born, nullable, kind


class Schema:
    """Takes one migration after the other, and tells `find(rule, detail)` what is wrong with it."""

    def __init__(self):
        self.tables, self.indexes = {}, {}
        # what migrations.c makes before the first migration
        versions = self.tables["schema_version"] = Table(0)
        versions.columns["version"] = Column(0, False)
        versions.keys.append((["version"], "primary key"))

    def take(self, item, stmt, find):
        self.item, self.find = item, find
        name = type(stmt).__name__
        handler = getattr(self, f"take_{name}", None)
        if handler:
            handler(stmt)
        else:
            find("never" if name == "RenameStmt" else "adds-only", name)

    @property
    def number(self):
        return int(self.item.name)

    def finishes(self, what):
        if self.item.kind != "FINISH":
            self.find("adds-only", what)

    # tables

    def take_CreateStmt(self, stmt):
        table = self.tables[stmt.relation.relname] = Table(self.number)
        if stmt.inhRelations or stmt.partspec or stmt.partbound or stmt.oncommit or stmt.tablespacename:
            self.find("construct", "a table that is not a plain one")
        for element in stmt.tableElts:
            if isinstance(element, ast.ColumnDef):
                self.add_column(table, element)
            elif isinstance(element, ast.Constraint):
                self.take_constraint(table, element, [])
            else:
                self.find("construct", type(element).__name__)
        if not any(what == "primary key" for _, what in table.keys):
            self.find("primary-key", stmt.relation.relname)

    def add_column(self, table, column):
        name = column.typeName.names[-1].sval
        if name not in TYPES or column.typeName.arrayBounds or column.typeName.typmods:
            self.find("sequences" if "serial" in name else "types", f"{column.colname} {name}")
        if column.collClause:
            self.find("types", f"{column.colname} with a collation")
        table.columns[column.colname] = Column(self.number, True, name)
        for constraint in column.constraints or ():
            self.take_constraint(table, constraint, [column.colname])

    def take_constraint(self, table, constraint, columns):
        kind = constraint.contype
        if kind in SEQUENCES:
            self.find("sequences", kind.name)
        elif kind not in KINDS or constraint.deferrable or constraint.initdeferred:
            self.find("constraints", "deferrable" if kind in KINDS else kind.name)
        columns = [key.sval for key in constraint.keys or ()] or columns
        if kind == enums.ConstrType.CONSTR_DEFAULT and not isinstance(constraint.raw_expr, ast.A_Const):
            self.find("constraints", f"a default that is not constant, of {columns[0]}")
        if kind in (enums.ConstrType.CONSTR_PRIMARY, enums.ConstrType.CONSTR_UNIQUE):
            primary = kind == enums.ConstrType.CONSTR_PRIMARY
            table.keys.insert(0 if primary else len(table.keys),
                              (columns, "primary key" if primary else "unique"))
        if kind in (enums.ConstrType.CONSTR_PRIMARY, enums.ConstrType.CONSTR_NOTNULL):
            for column in columns:
                table.columns[column].nullable = False

    # later

    def take_AlterTableStmt(self, stmt):
        table = self.table_of(stmt.relation)
        for command in stmt.cmds if table else ():
            if command.subtype == enums.AlterTableType.AT_AddColumn:
                self.take_new_column(table, command.def_)
            elif command.subtype == enums.AlterTableType.AT_DropColumn:
                self.finishes(f"DROP COLUMN {command.name}")
                table.columns.pop(command.name, None)
            else:
                self.find("never", command.subtype.name)

    def take_new_column(self, table, column):
        self.add_column(table, column)
        kinds = {c.contype for c in column.constraints or ()}
        if kinds & {enums.ConstrType.CONSTR_PRIMARY, enums.ConstrType.CONSTR_UNIQUE}:
            self.find("unique-later", column.colname)
        if enums.ConstrType.CONSTR_NOTNULL in kinds and enums.ConstrType.CONSTR_DEFAULT not in kinds:
            self.find("adds-only", f"{column.colname} is NOT NULL without a default")

    def table_of(self, relation):
        table = self.tables.get(relation.relname)
        if not table:
            self.find("known", relation.relname)
        return table

    def take_IndexStmt(self, stmt):
        table = self.table_of(stmt.relation)
        if not table:
            return
        columns = [element.name for element in stmt.indexParams]
        self.indexes[stmt.idxname] = (table, columns)
        if None in columns:
            self.find("construct", "an index over an expression")
        if stmt.accessMethod != "btree" or stmt.indexIncludingParams:
            self.find("construct", "an index of another kind")
        if stmt.concurrent:
            self.find("construct", "CONCURRENTLY, in a transaction")
        if stmt.unique:
            table.keys.append((columns, "unique index" + (" of a part" if stmt.whereClause else "")))
        if table.born < self.number and stmt.unique:
            self.find("unique-later", stmt.idxname)
        if table.born < self.number and not stmt.if_not_exists:
            self.find("index-in-use", stmt.idxname)
        self.use_columns(table, columns + [c.fields[-1].sval for c in nodes(stmt.whereClause)
                                           if isinstance(c, ast.ColumnRef)])

    def use_columns(self, table, names):
        for name in dict.fromkeys(names):
            column = table.columns.get(name)
            if name and not column:
                self.find("known", name)
            elif name and table.born < column.born == self.number:
                self.find("same-migration", name)

    def take_DropStmt(self, stmt):
        what = {enums.ObjectType.OBJECT_TABLE: "TABLE", enums.ObjectType.OBJECT_INDEX: "INDEX"}.get(
            stmt.removeType)
        name = stmt.objects[0][-1].sval
        if not what:
            self.find("never", stmt.removeType.name)
            return
        self.finishes(f"DROP {what} {name}")
        if what == "TABLE":
            self.tables.pop(name, None)
        elif name in self.indexes:
            table, columns = self.indexes.pop(name)
            table.keys = [key for key in table.keys if key[0] != columns or "index" not in key[1]]

    def take_InsertStmt(self, stmt):
        self.table_of(stmt.relation)

    def take_UpdateStmt(self, stmt):
        table = self.table_of(stmt.relation)
        if table:
            self.find("adds-only", f"UPDATE {stmt.relation.relname}: what older programs write after it lacks it")
            self.use_columns(table, [target.name for target in stmt.targetList])


def parsed(item, find):
    """(statement, where it begins and ends in the item's text) of each statement; none when it does not
    parse."""
    try:
        raw = pglast.parse_sql(item.sql)
    except pglast.parser.ParseError as e:
        find("parses", str(e.args[0]))
        return []
    return [(one.stmt, one.stmt_location, one.stmt_location + (one.stmt_len or len(item.sql)))
            for one in raw]
