// A tile that shows the pinned staff member and updates itself. Uses the global `shopify` and `session.staffMember`, an
// observable since API version 2026-07.
shopify.extend('pos.home.tile.render', (root) => {
  const {session} = shopify;
  const describe = (member) =>
    `${member ? `staff member ${member.id}` : 'nobody'} is pinned at location ${session.currentSession.locationId}`;

  const text = root.createText(describe(session.staffMember.value));
  session.staffMember.subscribe((member) => text.update(describe(member)));

  const ask = () =>
    session.getSessionToken().then((token) => console.log(token ? 'The backend can be asked.' : 'There is no token.'));
  root.append(text, root.createComponent('Button', {title: 'Ask', onPress: ask}));
});
