package understudy.cli;

import java.io.PrintStream;
import java.util.function.Supplier;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Writes an answer to stdout in the format that was asked for. */
record Answers(GlobalOptions.Output output, PrintStream out) {

  /**
   * Writes {@code json} as it is or as YAML, or the table.
   *
   * @param table made only when it is needed
   */
  void write(String json, Supplier<String> table) {
    switch (output) {
      case TABLE -> out.print(table.get());
      case JSON -> out.println(json.strip());
      case YAML -> out.print(yaml(json));
    }
  }

  /** JSON is YAML already; only the style changes. */
  static String yaml(String json) {
    Object value = new Load(LoadSettings.builder().build()).loadFromString(json);
    DumpSettings block =
        DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setWidth(100).build();
    return new Dump(block).dumpToString(value);
  }
}
