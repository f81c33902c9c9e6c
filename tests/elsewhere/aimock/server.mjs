// An OpenAI-compatible server that is not ours, for what must hold on every backend. aimock speaks the
// protocol; what is said here fits the request, and is on purpose not what the mock would say.
// It listens on a free port of this machine, and prints the base URL.

import { LLMock } from "@copilotkit/aimock";

// The smallest PNG, of one pixel.
const PICTURE =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

function answer(request) {
  const last = request.messages.at(-1);
  const choice = request.tool_choice ?? "auto";
  const wanted = choice === "auto" ? last.role !== "tool" : choice !== "none";
  if (request.tools?.length && wanted) {
    const name = choice.function?.name ?? choice.name ?? request.tools[0].function.name;
    const tool = request.tools.find((each) => each.function.name === name);
    // The Responses API's name is undefined for a tool that is described as chat completions have it.
    if (name) return { toolCalls: [{ name, arguments: JSON.stringify(filled(tool.function.parameters)) }] };
  }
  const schema = request.response_format?.json_schema?.schema;
  if (schema) return { content: JSON.stringify(filled(schema)) };
  // aimock does not pass on the schema that a request to the Responses API has.
  if (/John Miller/.test(JSON.stringify(last.content))) {
    return { content: '{"name": "Somebody", "age": 1, "email": "somebody@example.com"}' };
  }
  return { content: "This is another server, with another answer." };
}

function filled(schema, root = schema) {
  const path = schema.$ref?.split("/").slice(1);
  if (path) return filled(path.reduce((part, key) => part[key], root), root);
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return filled(schema.anyOf[0], root);
  switch ([schema.type].flat()[0]) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, each]) => [name, filled(each, root)]),
      );
    case "array":
      return [filled(schema.items ?? {}, root)];
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return true;
    default:
      return "something";
  }
}

function vector(text) {
  const numbers = new Array(16).fill(1);
  for (let n = 0; n < text.length; n++) numbers[(n + text.charCodeAt(n)) % 16] += 1;
  return numbers;
}

const server = new LLMock({ port: 0, logLevel: "silent" });
server.onImage(/[^]*/, { image: { b64Json: PICTURE, revisedPrompt: "A dot." } });
server.onEmbedding(/[^]*/, (request) => ({ embedding: vector(JSON.stringify(request)) }));
server.on({ predicate: () => true }, answer);
await server.start();
console.log(`${server.url}/v1`);
