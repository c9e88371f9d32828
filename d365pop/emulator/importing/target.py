"""Where an import writes, and how a component finds its place among the layers."""

from dataclasses import dataclass

from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.layering.form_changes import merged, without_marks
from d365pop.emulator.layering.stack import put_layer, remember_base, settle, stack_of, top_of
from d365pop.emulator.metadata import Row, Table
from d365pop.emulator.payloads import check_length
from d365pop.emulator.security.guard import check_rows
from d365pop.emulator.solutions import add_component
from d365pop.emulator.store import Layer
from d365pop.emulator.writing import new_row


@dataclass(frozen=True, slots=True)
class Target:
    """Where an import writes: the environment, as whom, into which solution."""

    environment: Environment
    caller: Caller
    solution: Row
    managed: bool
    overwrite: bool
    """Whether a managed import replaces what was edited over an earlier one."""

    def put(self, table: Table, row_id: str, values: Row) -> None:
        """Create the row as a draft, or overwrite its draft.

        ASSUMED: also what an unmanaged package brings for the first time waits to be published.
        ASSUMED: who imports needs the privilege to write each row, beside those documented.

        Raises:
            Fault: a text is too long for its column, or the caller may not write such rows.
        """
        environment = self.environment
        for column in table.columns.values():
            check_length(table, column, values.get(column.name))
        absent = environment.store.get(table, row_id, Layer.DRAFT) is None
        check_rows(environment, self.caller, table, "POST" if absent else "PATCH")
        if absent:
            base = new_row(environment, self.caller, table)
            own: Row = {table.primary_id: row_id, "ismanaged": int(self.managed)}
            own["solutionid"] = self.solution["solutionid"]
            environment.store.insert_draft(table, base | values | own)
        else:
            stamp: Row = {"modifiedon": environment.timestamp(), "modifiedby": self.caller.user_id}
            environment.store.update(table, row_id, values | stamp)

    def place(self, table: Table, row_id: str, values: Row) -> bool:
        """Write what the package says of a component; return whether that now shows.

        Raises:
            Fault: a text is too long for its column.
        """
        environment = self.environment
        row = environment.store.get(table, row_id, Layer.DRAFT)
        if not self.managed:
            over: Row = {"activelayer": 1} if row is not None and row["ismanaged"] else {}
            if row is not None and over:
                remember_base(environment, table, row)
            self.put(table, row_id, values | over)
            return True
        if row is None:
            self.put(table, row_id, values)
        else:
            remember_base(environment, table, row)
        before = top_of(stack_of(environment, table, row_id))
        put_layer(environment, table, row_id, str(self.solution["solutionid"]), values)
        return settle(environment, table, row_id, before, overwrite=self.overwrite)

    def merge_form(self, table: Table, form_id: str, changes: str) -> bool:
        """Merge changes into a form: as a layer of a managed solution, else as an edit."""
        environment = self.environment
        row = environment.store.get(table, form_id, Layer.DRAFT)
        if row is not None:
            remember_base(environment, table, row)
        if not self.managed:
            if row is not None:
                text = without_marks(merged(str(row["formxml"]), changes))
                self.put(table, form_id, {"formxml": text, "activelayer": row["ismanaged"]})
            return row is not None
        before = top_of(stack_of(environment, table, form_id))
        values: Row = {"formxml": changes}
        owner = str(self.solution["solutionid"])
        put_layer(environment, table, form_id, owner, values, is_diff=True)
        return settle(environment, table, form_id, before, overwrite=self.overwrite)

    def include(self, component_type: int, object_id: str, name: str) -> None:
        """Make the row a component of the solution."""
        add_component(self.environment, self.solution, object_id, component_type, name=name)
