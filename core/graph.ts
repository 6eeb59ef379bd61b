/** Pure: a definition as a graph, its stable states and what leads from one to another. */

export interface GraphState {
  name: string;
  final: boolean;
  /** How long an instance rests here at the most, in seconds, where the definition says it as a number. */
  deadlineSeconds?: number;
}

/** One way from a state into another: the event, and the outcomes on the way. */
export interface GraphWay {
  event: string;
  outcomes: string[];
}

export interface GraphEdge {
  /** `New` for an instance that does not exist yet. */
  from: string;
  to: string;
  /** In the order of the definition; each once. */
  ways: GraphWay[];
}

export interface Graph {
  states: GraphState[];
  edges: GraphEdge[];
}
