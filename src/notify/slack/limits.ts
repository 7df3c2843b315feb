/**
 * What Slack takes, in characters and pieces. Blocks in a message, header, section, its fields, context, actions:
 * https://docs.slack.dev/reference/block-kit/blocks and the pages of each block below it; button:
 * https://docs.slack.dev/reference/block-kit/block-elements/button-element; confirmation dialog:
 * https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object; text of a message (4,000 are advised, from 40,000 on
 * it is cut off): https://docs.slack.dev/reference/methods/chat.postMessage.
 */
export const slackLimits: Readonly<
  Record<
    | 'blocks'
    | 'headerText'
    | 'sectionText'
    | 'fields'
    | 'fieldText'
    | 'contextElements'
    | 'actionElements'
    | 'buttonText'
    | 'actionId'
    | 'buttonValue'
    | 'buttonUrl'
    | 'blockId'
    | 'confirmTitle'
    | 'confirmText'
    | 'confirmButton'
    | 'messageText',
    number
  >
> = {
  blocks: 50,
  headerText: 150,
  sectionText: 3000,
  fields: 10,
  fieldText: 2000,
  contextElements: 10,
  actionElements: 25,
  buttonText: 75,
  actionId: 255,
  buttonValue: 2000,
  buttonUrl: 3000,
  blockId: 255,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  messageText: 4000,
};
