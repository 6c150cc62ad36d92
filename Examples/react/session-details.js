// The same screen with React's hooks, as the reference of the POS Session API shows it; its JSX is written out, which is a
// bundler's work.
const {useEffect, useState} = React;

const SessionDetails = () => {
  const {currentSession, getSessionToken} = useApi().session;
  const {shopId, userId, locationId, staffMemberId} = currentSession;
  const [sessionToken, setSessionToken] = useState();

  // Once: every call gives a fresh token, and a component that asks as it renders would never come to rest.
  useEffect(() => { getSessionToken().then(setSessionToken); }, []);

  return React.createElement(
    'Screen', {name: 'Session', title: 'Session details'},
    React.createElement(
      'Text', null, 'shopId: ', shopId, ', userId: ', userId, ', locationId: ', locationId, ', staffId: ',
      String(staffMemberId)),
    React.createElement('Text', null, 'sessionToken: ', String(sessionToken)));
};

reactExtension('pos.home.modal.render', () => React.createElement(SessionDetails));
