"""The rules that statements.def is held to, and those of all SQL (tools/check_sql.py)."""
from pglast import ast, enums

from sql_schema import nodes

TAKEN = {ast.SelectStmt, ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt, ast.RangeVar, ast.Alias,
         ast.JoinExpr, ast.RangeSubselect, ast.ResTarget, ast.ColumnRef, ast.String, ast.Integer,
         ast.A_Const, ast.ParamRef, ast.A_Expr, ast.BoolExpr, ast.NullTest, ast.SubLink,
         ast.CoalesceExpr, ast.CaseExpr, ast.CaseWhen, ast.FuncCall, ast.SortBy, ast.OnConflictClause,
         ast.InferClause, ast.IndexElem, ast.RowExpr, ast.A_Star, ast.CreateStmt, ast.ColumnDef,
         ast.TypeName, ast.Constraint, ast.IndexStmt, ast.AlterTableStmt, ast.AlterTableCmd, ast.DropStmt, ast.RenameStmt}
OPERATORS = {"=", "<>", "<", "<=", ">", ">=", "+", "-", "*"}
AGGREGATES = {"count", "max", "min", "sum"}
VOLATILE = {"now", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "timeofday",
            "random", "gen_random_uuid", "gen_random_bytes", "uuid_generate_v4", "randomblob",
            "datetime", "strftime", "julianday", "unixepoch", "date", "time", "txid_current"}
SEQUENCES = {"nextval", "currval", "lastval", "setval", "last_insert_rowid"}
OTHER_KINDS = {"LockStmt": "session-locks", "ListenStmt": "session-locks", "NotifyStmt": "session-locks",
               "UnlistenStmt": "session-locks", "SQLValueFunction": "clock-and-chance",
               "TypeCast": "casts", "CollateClause": "casts", "BooleanTest": "booleans",
               "Boolean": "booleans", "LockingClause": "row-locks"}
JOINS = {enums.JoinType.JOIN_INNER, enums.JoinType.JOIN_LEFT}
WRITES = (ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt)


def check_nodes(stmt, find):
    """What holds of any SQL."""
    for node in nodes(stmt):
        name = type(node).__name__
        if name in OTHER_KINDS and not (name == "CollateClause" and isinstance(stmt, ast.CreateStmt)):
            find(OTHER_KINDS[name], name)
        elif name == "TransactionStmt":
            find("session-locks" if "PREPARE" in node.kind.name else "construct", node.kind.name)
        elif type(node) not in TAKEN:
            find("construct", name)
        checker = CHECKERS.get(type(node))
        if checker:
            checker(node, find)


def check_function(call, find):
    name = call.funcname[-1].sval
    if name in VOLATILE:
        find("clock-and-chance", f"{name}()")
    elif name in SEQUENCES:
        find("sequences", f"{name}()")
    elif "advisory" in name or name == "pg_notify":
        find("session-locks", f"{name}()")
    elif name not in AGGREGATES or len(call.funcname) > 1:
        find("functions", f"{name}()")
    if call.over or call.agg_filter or call.agg_distinct or call.agg_order:
        find("construct", f"{name}() over or of a part")


def check_expression(expr, find):
    operator = expr.name[-1].sval
    if expr.kind in (enums.A_Expr_Kind.AEXPR_LIKE, enums.A_Expr_Kind.AEXPR_ILIKE):
        find("like", operator)
    elif expr.kind not in (enums.A_Expr_Kind.AEXPR_OP, enums.A_Expr_Kind.AEXPR_IN):
        find("construct", expr.kind.name)
    elif operator not in OPERATORS:
        find("construct", f"operator {operator}")


def check_join(join, find):
    if join.jointype not in JOINS or join.isNatural or join.usingClause or not join.quals:
        find("construct", "a join that is neither JOIN nor LEFT JOIN, ON something")


def check_select(select, find):
    if select.distinctClause or select.windowClause or select.withClause or select.intoClause:
        find("construct", "DISTINCT, WINDOW, WITH or INTO")
    if select.op != enums.SetOperation.SETOP_NONE:
        find("construct", select.op.name)
    if len(select.fromClause or ()) > 1:
        find("construct", "tables joined by commas")
    if select.groupClause or any(is_aggregate(target.val) for target in select.targetList or ()):
        grouped = {text_of(column) for column in select.groupClause or ()}
        for target in select.targetList:
            for column in loose_columns(target.val):
                if text_of(column) not in grouped:
                    find("group-by", text_of(column))


def is_aggregate(value):
    return isinstance(value, ast.FuncCall) and value.funcname[-1].sval in AGGREGATES


def loose_columns(value):
    """Columns that stand in no aggregate and no query of their own."""
    if isinstance(value, ast.ColumnRef):
        yield value
    elif isinstance(value, ast.Node) and not is_aggregate(value) and not isinstance(value, ast.SubLink):
        for name in value:
            yield from loose_columns(getattr(value, name))
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from loose_columns(one)


def check_constant(constant, find):
    if not constant.isnull and not isinstance(constant.val, (ast.Integer, ast.String)):
        find("booleans" if isinstance(constant.val, ast.Boolean) else "casts", "a constant of another type")


CHECKERS = {ast.FuncCall: check_function, ast.A_Expr: check_expression, ast.JoinExpr: check_join,
            ast.SelectStmt: check_select, ast.A_Const: check_constant}


def text_of(column):
    return ".".join(getattr(field, "sval", "*") for field in column.fields)


# statements

def check_statement(stmt, schema, most_args, find):
    check_parameters(stmt, most_args, find)
    for node in nodes(stmt):
        if isinstance(node, ast.ColumnRef) and isinstance(node.fields[-1], ast.A_Star):
            find("star", text_of(node))
        elif isinstance(node, ast.SelectStmt):
            check_order(node, schema, find)
    tables = {node.relname for node in nodes(stmt) if isinstance(node, ast.RangeVar)}
    for name in sorted(tables - set(schema.tables)):
        find("known", name)
    check_columns(stmt, tables, schema, find)
    for column, value in constants_of(stmt):
        check_constant_of(column, value, [schema.tables[name] for name in tables & set(schema.tables)], find)
    if isinstance(stmt, ast.InsertStmt):
        check_insert(stmt, schema, find)
    if isinstance(stmt, ast.DeleteStmt) and stmt.usingClause or getattr(stmt, "fromClause", None) and \
            isinstance(stmt, ast.UpdateStmt):
        find("construct", "USING or FROM in a statement that writes")
    if isinstance(stmt, (ast.UpdateStmt, ast.DeleteStmt)) and not is_bounded(stmt.whereClause):
        find("bounded", type(stmt).__name__)
    if isinstance(stmt, ast.SelectStmt) and not is_bounded_read(stmt):
        find("bounded", "SELECT")


def check_columns(stmt, tables, schema, find):
    known = {name for table in tables & set(schema.tables) for name in schema.tables[table].columns}
    known |= {node.name for node in nodes(stmt) if isinstance(node, ast.ResTarget) and node.name
              and isinstance(stmt, ast.SelectStmt)}
    for node in nodes(stmt):
        name = getattr(node.fields[-1], "sval", None) if isinstance(node, ast.ColumnRef) else None
        if name and name not in known:
            find("known", name)


def constants_of(stmt):
    """(name of a column, constant) of what is compared with a column, and written to one."""
    for node in nodes(stmt):
        if isinstance(node, ast.A_Expr):
            for column, value in ((node.lexpr, node.rexpr), (node.rexpr, node.lexpr)):
                if isinstance(column, ast.ColumnRef):
                    yield getattr(column.fields[-1], "sval", None), value
        elif isinstance(node, ast.ResTarget) and node.name and not isinstance(stmt, ast.SelectStmt):
            yield node.name, node.val
        elif isinstance(node, ast.InsertStmt) and node.cols and node.selectStmt:
            for row in node.selectStmt.valuesLists or ():
                yield from zip((column.name for column in node.cols), row)


def check_constant_of(name, value, tables, find):
    """A column takes constants of its own kind; one of that name may be in several tables."""
    if not isinstance(value, ast.A_Const) or value.isnull:
        return
    kinds = {table.columns[name].kind for table in tables if name in table.columns}
    wanted = "l_int" if isinstance(value.val, ast.Integer) else "l_text"
    if kinds and wanted not in kinds:
        find("casts", f"{name} and a constant of another kind")


def check_parameters(stmt, most, find):
    used = {node.number for node in nodes(stmt) if isinstance(node, ast.ParamRef)}
    if used != set(range(1, len(used) + 1)):
        find("parameters", "a gap")
    if len(used) > most:
        find("parameters", f"{len(used)} of them, at most {most}")


def aliases(select):
    return {node.alias.aliasname if node.alias else node.relname: node.relname
            for node in nodes(select.fromClause) if isinstance(node, ast.RangeVar)}


def check_order(select, schema, find):
    """What is sorted is never NULL, or says where NULL goes."""
    tables = aliases(select)
    for sort in select.sortClause or ():
        if not isinstance(sort.node, ast.ColumnRef) or \
                sort.sortby_nulls != enums.SortByNulls.SORTBY_NULLS_DEFAULT:
            continue
        fields = [field.sval for field in sort.node.fields]
        candidates = [tables.get(fields[0])] if len(fields) > 1 else list(tables.values())
        for table in candidates:
            column = schema.tables[table].columns.get(fields[-1]) if table in schema.tables else None
            if column and column.nullable and not is_never_null(select.whereClause, fields[-1]):
                find("nulls-order", ".".join(fields))


def is_never_null(where, name):
    return any(isinstance(term, ast.NullTest) and term.nulltesttype == enums.NullTestType.IS_NOT_NULL
               and isinstance(term.arg, ast.ColumnRef) and term.arg.fields[-1].sval == name
               for term in terms(where))


def check_insert(stmt, schema, find):
    if not stmt.cols:
        find("insert-columns", stmt.relation.relname)
    conflict, table = stmt.onConflictClause, schema.tables.get(stmt.relation.relname)
    if not conflict or not table:
        return
    infer = conflict.infer
    columns = {element.name for element in infer.indexElems or ()} if infer else set()
    if not infer or infer.conname or infer.whereClause or \
            not any(set(key) == columns for key, what in table.keys if "part" not in what):
        find("on-conflict", stmt.relation.relname)


def terms(where):
    """What all has to hold."""
    if isinstance(where, ast.BoolExpr) and where.boolop == enums.BoolExprType.AND_EXPR:
        for arg in where.args:
            yield from terms(arg)
    elif where is not None:
        yield where


def is_given(value):
    return isinstance(value, (ast.ParamRef, ast.A_Const)) or isinstance(value, ast.RowExpr) and all(
        is_given(one) for one in value.args)


def compared(term):
    """(column, operator) of a column that is compared with something given."""
    if isinstance(term, ast.A_Expr) and term.kind == enums.A_Expr_Kind.AEXPR_OP:
        for column, value in ((term.lexpr, term.rexpr), (term.rexpr, term.lexpr)):
            if isinstance(column, ast.ColumnRef) and is_given(value):
                return text_of(column), term.name[0].sval
    return None, None


def is_bounded(where):
    ends = {}
    for term in terms(where):
        column, operator = compared(term)
        if operator == "=":
            return True
        if column:
            ends.setdefault(column, set()).add(operator[0])
        if isinstance(term, ast.SubLink) and term.subLinkType == enums.SubLinkType.ANY_SUBLINK and \
                is_bounded_read(term.subselect):
            return True
    return any(found >= {"<", ">"} for found in ends.values())


def is_bounded_read(select):
    """Values, a LIMIT, a bounded WHERE, or all of a query that is bounded."""
    if not select.fromClause or select.limitCount is not None:
        return not (select.groupClause and select.fromClause) or is_bounded(select.whereClause)
    first = select.fromClause[0]
    if isinstance(first, ast.RangeSubselect):
        return is_bounded_read(first.subquery)
    return is_bounded(select.whereClause)
