/**
 * What Slack takes, characters and pieces. Header, section (10 fields), context: https://docs.slack.dev/reference/block-kit/blocks and the page
 * of each block below it; button: https://docs.slack.dev/reference/block-kit/block-elements/button-element; confirmation dialog:
 * https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object.
 *
 * All texts of all blocks together have a limit that stands in no document: some 13,000 characters, by whatever count (`msg_blocks_too_long`,
 * https://github.com/slackapi/bolt-js/issues/2509 and 2867). Names are chosen by attackers: where messages went over it, nobody would be told
 * of them. Messages keep below 10,000 by what each of their parts may have.
 */
export const slackLimits: Readonly<
  Record<'header' | 'fields' | 'elements' | 'value' | 'title' | 'text' | 'confirm', number>
> = {
  header: 150,
  fields: 10,
  elements: 10,
  /** Of a button. */
  value: 2000,
  /** Of a confirmation dialog, as the two below. */
  title: 100,
  text: 300,
  confirm: 30,
};
