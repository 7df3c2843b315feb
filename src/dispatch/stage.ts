/** One step of dispatch: a pure function of a batch, which answers the batch as it is after its decisions. */
export interface Stage<Batch> {
  readonly name: string;
  decide(batch: Batch): Batch;
}

/** Runs stages in their order. */
export function runStages<Batch>(stages: readonly Stage<Batch>[], batch: Batch): Batch {
  return stages.reduce((current, stage) => stage.decide(current), batch);
}
